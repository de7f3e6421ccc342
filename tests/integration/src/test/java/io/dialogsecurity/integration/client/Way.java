package io.dialogsecurity.integration.client;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.interceptor.OpeningInterceptor;
import io.dialogsecurity.artemis.client.interceptor.SealingInterceptor;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import jakarta.jms.ConnectionFactory;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** How an application holds sealed dialogs. */
enum Way {
    CORE,
    AMQP,
    /** By the connection URL alone. */
    INTERCEPTORS;

    /** @param settings of the configuration, between services and quarantine */
    ConnectionFactory connect(ClientWorld world, String service, String variant, String settings) throws IOException {
        Path file = world.configuration(service, variant + "-" + this, settings);
        return connect(world, file, this == INTERCEPTORS ? null : ClientEndpoint.open(file));
    }

    /** @param endpoint is closed by whoever opened it; null where the interceptors open it themselves */
    ConnectionFactory connect(ClientWorld world, Path file, ClientEndpoint endpoint) {
        return switch (this) {
            case CORE -> new SecureConnectionFactory(Provider.CORE.factory(world.broker()), endpoint);
            case AMQP -> new SecureConnectionFactory(Provider.AMQP.factory(world.broker()), endpoint);
            case INTERCEPTORS ->
                Provider.CORE.factory(world.broker().coreUrl() + "?outgoingInterceptorList="
                        + SealingInterceptor.class.getName() + "&incomingInterceptorList="
                        + OpeningInterceptor.class.getName() + "&" + SealingInterceptor.URL_PARAMETER + "="
                        + URLEncoder.encode(file.toString(), StandardCharsets.UTF_8));
        };
    }
}
