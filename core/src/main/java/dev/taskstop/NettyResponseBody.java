package dev.taskstop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Collects the body of an answer up to a size; it mostly is one chunk. */
final class NettyResponseBody {

    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;
    private @Nullable ByteArrayOutputStream more;
    private final int maxBytes;

    NettyResponseBody(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Copies a chunk, which goes back to its pool after this. */
    boolean addAndTestIfTooLarge(ByteBuf content) {
        byte[] chunk = ByteBufUtil.getBytes(content);
        if (bytes == NOTHING && chunk.length <= maxBytes) {
            bytes = chunk;
            return false;
        }
        return addToOthers(chunk);
    }

    private boolean addToOthers(byte[] chunk) {
        if (more == null) {
            more = new ByteArrayOutputStream(bytes.length + chunk.length);
            more.writeBytes(bytes);
        }
        int room = maxBytes - more.size();
        more.write(chunk, 0, Math.min(chunk.length, room));
        return chunk.length > room;
    }

    byte[] toByteArray() {
        return more == null ? bytes : more.toByteArray();
    }
}
