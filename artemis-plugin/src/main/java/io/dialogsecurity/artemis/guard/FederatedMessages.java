package io.dialogsecurity.artemis.guard;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.config.amqpBrokerConnectivity.AMQPFederationBrokerPlugin;
import org.apache.activemq.artemis.core.server.ActiveMQServer;

/**
 * Has those messages judged which AMQP federation puts into queues itself, past every other hook: where the local subscription is
 * a wildcard, and where filters of subscriptions count ({@code ignoreAddressBindingFilters=false}). The hook of federations that
 * is called before takes no refusal, so that nothing is left of a refused message but a {@link Husk}.
 *
 * <p>What federations and their hook are is public, but in a module of the distribution that is published nowhere else, so
 * it is found by its name.
 */
public final class FederatedMessages implements InvocationHandler {

    private static final String AMQP = "org.apache.activemq.artemis.protocol.amqp.";
    private static final String PLUGIN = AMQP + "connect.federation.ActiveMQServerAMQPFederationPlugin";
    private static final String PAST_HOOKS = AMQP + "connect.federation.AMQPFederationAddressBindingsConsumer";
    private static final String CONSUMER = AMQP + "federation.FederationConsumer";
    private static final String CONSUMER_INFO = AMQP + "federation.FederationConsumerInfo";

    private final GuardHooks hooks;
    private final Class<?> pastHooks;
    private final Method info;
    private final Method target;

    private FederatedMessages(GuardHooks hooks, ClassLoader loader) throws ReflectiveOperationException {
        this.hooks = hooks;
        this.pastHooks = loader.loadClass(PAST_HOOKS);
        this.info = loader.loadClass(CONSUMER).getMethod("getConsumerInfo");
        this.target = loader.loadClass(CONSUMER_INFO).getMethod("getTargetAddress");
    }

    /**
     * Has the broker ask these hooks, once. A broker without AMQP has no such federations.
     *
     * @return what has to be {@linkplain #leave taken away} again, or null
     * @throws IllegalArgumentException with one line, if its AMQP is not that of the release this is made for
     */
    public static AMQPFederationBrokerPlugin join(ActiveMQServer server, GuardHooks hooks) {
        ClassLoader loader = FederatedMessages.class.getClassLoader();
        Class<?> plugin;
        try {
            plugin = loader.loadClass(PLUGIN);
        } catch (ClassNotFoundException e) {
            return null;
        }
        try {
            AMQPFederationBrokerPlugin joined = (AMQPFederationBrokerPlugin)
                    Proxy.newProxyInstance(loader, new Class<?>[] {plugin}, new FederatedMessages(hooks, loader));
            server.getBrokerAMQPFederationPlugins().add(joined);
            return joined;
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "The broker's AMQP module is not the one of Apache Artemis 2.56.0, so that federations cannot be guarded: "
                            + e);
        }
    }

    /** Has the broker ask no more. */
    public static void leave(ActiveMQServer server, AMQPFederationBrokerPlugin joined) {
        server.getBrokerAMQPFederationPlugins().remove(joined);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("beforeFederationConsumerMessageHandled")) {
            if (pastHooks.isInstance(arguments[0])) {
                hooks.beforeFederated(
                        () -> String.valueOf(target.invoke(info.invoke(arguments[0]))), (Message) arguments[1]);
            }
            return null;
        }
        if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> FederatedMessages.class.getName();
        };
    }
}
