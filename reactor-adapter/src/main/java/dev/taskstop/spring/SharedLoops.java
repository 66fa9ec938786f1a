package dev.taskstop.spring;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.http.HttpResources;
import reactor.netty.resources.LoopResources;

/**
 * The event loops that Spring has now: a context that is stopped and started again has others than before. So has one
 * beside which another context has ended, where they share Reactor Netty's global ones.
 */
final class SharedLoops implements LoopResources {

    private final ReactorResourceFactory factory;

    SharedLoops(ReactorResourceFactory factory) {
        this.factory = factory;
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return loops().onServer(useNative);
    }

    @Override
    public EventLoopGroup onClient(boolean useNative) {
        return loops().onClient(useNative);
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
        return loops().onChannel(type, group);
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup group) {
        return loops().onChannelClass(type, group);
    }

    private LoopResources loops() {
        return factory.isUseGlobalResources() ? HttpResources.get() : factory.getLoopResources();
    }
}
