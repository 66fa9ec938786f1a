package dev.taskstop.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.config.H2Config;
import org.apache.hc.core5.io.CloseMode;

/** Apache HttpClient 5, async: a pool of connections over HTTP/1.1, one multiplexed connection over HTTP/2. */
final class ApacheContender implements Contender {

    private static final byte[] BODY = Target.STOP_BODY.getBytes(StandardCharsets.UTF_8);

    private final Target target;
    private final CloseableHttpAsyncClient client;

    ApacheContender(Target target) {
        this.target = target;
        List<Header> headers = List.of(
                new BasicHeader(HttpHeaders.AUTHORIZATION, target.authorization()),
                new BasicHeader(HttpHeaders.ACCEPT, Target.CONTENT_TYPE));
        this.client = target.protocol() == Protocol.HTTP_1 ? pooling(target, headers) : multiplexing(target, headers);
        client.start();
    }

    private static CloseableHttpAsyncClient pooling(Target target, List<Header> headers) {
        return HttpAsyncClients.custom()
                .setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(target.inFlight())
                        .setMaxConnPerRoute(target.inFlight())
                        .setDefaultTlsConfig(TlsConfig.custom()
                                .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
                                .build())
                        .build())
                .setDefaultHeaders(headers)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .setIoReactorExceptionCallback(ApacheContender::ignore)
                .build();
    }

    private static CloseableHttpAsyncClient multiplexing(Target target, List<Header> headers) {
        return HttpAsyncClients.customHttp2()
                .setTlsStrategy(ClientTlsStrategyBuilder.create()
                        .setSslContext(Trust.context(target.certificate()))
                        .buildAsync())
                .setH2Config(H2Config.custom()
                        .setPushEnabled(false)
                        .setMaxConcurrentStreams(target.inFlight())
                        .build())
                .setDefaultHeaders(headers)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .setIoReactorExceptionCallback(ApacheContender::ignore)
                .build();
    }

    /** At its close the client's threads stumble over connections that are gone; requests hear by themselves. */
    private static void ignore(Exception failure) {}

    @Override
    public long stop(Iterator<String> ids) {
        return Window.run(ids, target.inFlight(), this::start);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of failures
    private void start(String id, Window window) {
        SimpleHttpRequest request = SimpleRequestBuilder.patch(target.stopUri(id))
                .setBody(BODY, ContentType.APPLICATION_JSON)
                .build();
        client.execute(request, new FutureCallback<>() {
            @Override
            public void completed(SimpleHttpResponse response) {
                window.answered(response.getCode(), response.getBodyBytes(), id);
            }

            @Override
            public void failed(Exception failure) {
                window.failed(failure);
            }

            @Override
            public void cancelled() {
                window.failed(new IllegalStateException("cancelled"));
            }
        });
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }
}
