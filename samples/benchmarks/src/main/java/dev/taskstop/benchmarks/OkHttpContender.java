package dev.taskstop.benchmarks;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** OkHttp with asynchronous calls, and room in its dispatcher and pool for all of them. */
final class OkHttpContender implements Contender {

    private static final RequestBody BODY = RequestBody.create(Target.STOP_BODY, MediaType.get(Target.CONTENT_TYPE));

    private final Target target;
    private final OkHttpClient client;

    OkHttpContender(Target target) {
        this.target = target;
        Dispatcher dispatcher = new Dispatcher();
        dispatcher.setMaxRequests(target.inFlight());
        dispatcher.setMaxRequestsPerHost(target.inFlight());
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .connectionPool(new ConnectionPool(target.inFlight(), 5, TimeUnit.MINUTES))
                .retryOnConnectionFailure(false)
                .followRedirects(false);
        client = switch (target.protocol()) {
            case HTTP_1 -> builder.protocols(List.of(okhttp3.Protocol.HTTP_1_1)).build();
            case HTTP_2 ->
                builder.protocols(List.of(okhttp3.Protocol.H2_PRIOR_KNOWLEDGE)).build();
            case HTTP_2_TLS ->
                builder.protocols(List.of(okhttp3.Protocol.HTTP_2, okhttp3.Protocol.HTTP_1_1))
                        .sslSocketFactory(
                                Trust.context(target.certificate()).getSocketFactory(),
                                Trust.manager(target.certificate()))
                        .build();
        };
    }

    @Override
    public long stop(Iterator<String> ids) {
        return Window.run(ids, target.inFlight(), this::start);
    }

    private void start(String id, Window window) {
        Request request = new Request.Builder()
                .url(target.stopUri(id).toString())
                .header("Authorization", target.authorization())
                .header("Accept", Target.CONTENT_TYPE)
                .patch(BODY)
                .build();
        client.newCall(request).enqueue(new Callback() {
            @Override
            public void onResponse(Call call, Response response) throws IOException {
                int status;
                byte[] body;
                try (response) {
                    status = response.code();
                    body = response.body().bytes();
                }
                window.answered(status, body, id);
            }

            @Override
            public void onFailure(Call call, IOException failure) {
                window.failed(failure);
            }
        });
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}
