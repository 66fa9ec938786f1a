package dev.taskstop;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Lets Netty's allocator wait for its own locks, which are held for a few instructions. Netty names its other locks to
 * BlockHound, but not these two: a thread meets them where another one allocates for the first time at the same moment.
 */
public final class NettyLocks implements BlockHoundIntegration {

    @Override
    public void applyTo(BlockHound.Builder builder) {
        String allocator = "io.netty.buffer.AdaptivePoolingAllocator";
        builder.allowBlockingCallsInside(allocator + "$Magazine", "free");
        builder.allowBlockingCallsInside(allocator + "$MagazineGroup", "free");
    }
}
