package io.dialogsecurity.artemis.guard;

import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.filter.Filter;
import org.apache.activemq.artemis.core.postoffice.Binding;
import org.apache.activemq.artemis.core.postoffice.Bindings;
import org.apache.activemq.artemis.core.postoffice.QueueBinding;
import org.apache.activemq.artemis.core.postoffice.impl.DivertBinding;
import org.apache.activemq.artemis.core.postoffice.impl.LocalQueueBinding;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.utils.CompositeAddress;

/**
 * Whether a queue is the only one that has had a message. Of several subscriptions the others have it still, or have had it consumed;
 * a queue that is not destroyed by reading has given it already; what lies in a store-and-forward queue, or is kept as retained, is
 * somewhere else as well. The broker remembers to how many queues a message went only while it is in memory, so what counts is what can
 * have happened by what is bound now. Thread-safe.
 */
final class SolePlace {

    private final ActiveMQServer server;

    SolePlace(ActiveMQServer server) {
        this.server = server;
    }

    /** @param message as it was when it lay in the queue */
    boolean is(Queue queue, Message message) throws Exception {
        SimpleString asSent = message.getAddressSimpleString();
        // what the broker moves it does not route by kind
        boolean anycast = message.getRoutingType() == RoutingType.ANYCAST && BrokerMarks.origin(message) == null;
        return asSent != null && is(queue, asSent, anycast, message);
    }

    /**
     * Whether a queue would be that, or was.
     *
     * @param asSent the address a message was sent to, which may name the queue
     * @param anycast whether it goes to anycast queues only
     */
    boolean is(Queue queue, SimpleString asSent, boolean anycast, Message message) throws Exception {
        SimpleString address = CompositeAddress.extractAddressName(asSent);
        if (queue.isInternalQueue()
                || queue.isNonDestructive()
                || !queue.getAddress().equals(address)) {
            return false;
        }
        boolean byName = CompositeAddress.isFullyQualified(asSent);
        if (!byName && queue.getRoutingType() != RoutingType.ANYCAST) {
            return false;
        }
        Bindings bindings = server.getPostOffice().lookupBindingsForAddress(address);
        if (bindings == null) {
            return true;
        }
        for (Binding binding : bindings.getBindings()) {
            if (binding instanceof DivertBinding
                    ? copies(binding, message)
                    : !byName && !anycast && isOther(binding, address)) {
                return false;
            }
        }
        return true;
    }

    private static boolean copies(Binding divert, Message message) {
        Filter filter = divert.getFilter();
        return !divert.isExclusive() && (filter == null || filter.match(message));
    }

    /** Of all anycast queues of the address one gets a message; every other gets it as well. */
    private static boolean isOther(Binding binding, SimpleString address) {
        return binding instanceof LocalQueueBinding local
                ? local.getQueue().getRoutingType() != RoutingType.ANYCAST
                        || !local.getAddress().equals(address)
                : binding instanceof QueueBinding && !binding.getRoutingName().equals(address);
    }
}
