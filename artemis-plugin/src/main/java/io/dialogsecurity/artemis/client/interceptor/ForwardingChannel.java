package io.dialogsecurity.artemis.client.interceptor;

import java.util.concurrent.locks.Lock;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.core.protocol.core.Channel;
import org.apache.activemq.artemis.core.protocol.core.ChannelHandler;
import org.apache.activemq.artemis.core.protocol.core.CommandConfirmationHandler;
import org.apache.activemq.artemis.core.protocol.core.CoreRemotingConnection;
import org.apache.activemq.artemis.core.protocol.core.Packet;
import org.apache.activemq.artemis.core.protocol.core.ResponseHandler;

/** Stands in for a channel Artemis made, also where the channel moves to another connection. */
abstract class ForwardingChannel implements Channel {

    final Channel delegate;

    ForwardingChannel(Channel delegate) {
        this.delegate = delegate;
    }

    @Override
    public void transferConnection(CoreRemotingConnection newConnection) {
        delegate.transferConnection(newConnection);
        newConnection.putChannel(delegate.getID(), this);
    }

    @Override
    public boolean send(Packet packet) {
        return delegate.send(packet);
    }

    @Override
    public boolean send(Packet packet, int reconnectID) {
        return delegate.send(packet, reconnectID);
    }

    @Override
    public boolean sendBatched(Packet packet) {
        return delegate.sendBatched(packet);
    }

    @Override
    public boolean send(Packet packet, boolean flushConnection) {
        return delegate.send(packet, flushConnection);
    }

    @Override
    public boolean sendAndFlush(Packet packet) {
        return delegate.sendAndFlush(packet);
    }

    @Override
    public Packet sendBlocking(Packet packet, byte expectedPacket) throws ActiveMQException {
        return delegate.sendBlocking(packet, expectedPacket);
    }

    @Override
    public Packet sendBlocking(Packet packet, int reconnectID, byte expectedPacket) throws ActiveMQException {
        return delegate.sendBlocking(packet, reconnectID, expectedPacket);
    }

    @Override
    public Packet sendBlocking(Packet packet, int reconnectID, byte expectedPacket, long timeout, boolean failOnTimeout)
            throws ActiveMQException {
        return delegate.sendBlocking(packet, reconnectID, expectedPacket, timeout, failOnTimeout);
    }

    @Override
    public void close() {
        delegate.close();
    }

    @Override
    public long getID() {
        return delegate.getID();
    }

    @Override
    public int getReconnectID() {
        return delegate.getReconnectID();
    }

    @Override
    public boolean supports(byte packetID) {
        return delegate.supports(packetID);
    }

    @Override
    public boolean supports(byte packetID, int version) {
        return delegate.supports(packetID, version);
    }

    @Override
    public boolean requireSpecialVotingHandling() {
        return delegate.requireSpecialVotingHandling();
    }

    @Override
    public void flushConnection() {
        delegate.flushConnection();
    }

    @Override
    public void setHandler(ChannelHandler handler) {
        delegate.setHandler(handler);
    }

    @Override
    public ChannelHandler getHandler() {
        return delegate.getHandler();
    }

    @Override
    public void endOfBatch() {
        delegate.endOfBatch();
    }

    @Override
    public void replayCommands(int lastConfirmedCommandID) {
        delegate.replayCommands(lastConfirmedCommandID);
    }

    @Override
    public int getLastConfirmedCommandID() {
        return delegate.getLastConfirmedCommandID();
    }

    @Override
    public boolean isLocked() {
        return delegate.isLocked();
    }

    @Override
    public void lock() {
        delegate.lock();
    }

    @Override
    public void unlock() {
        delegate.unlock();
    }

    @Override
    public void returnBlocking() {
        delegate.returnBlocking();
    }

    @Override
    public void returnBlocking(Throwable cause) {
        delegate.returnBlocking(cause);
    }

    @Override
    public Lock getLock() {
        return delegate.getLock();
    }

    @Override
    public CoreRemotingConnection getConnection() {
        return delegate.getConnection();
    }

    @Override
    public void confirm(Packet packet) {
        delegate.confirm(packet);
    }

    @Override
    public void setCommandConfirmationHandler(CommandConfirmationHandler handler) {
        delegate.setCommandConfirmationHandler(handler);
    }

    @Override
    public void setResponseHandler(ResponseHandler handler) {
        delegate.setResponseHandler(handler);
    }

    @Override
    public void flushConfirmations() {
        delegate.flushConfirmations();
    }

    @Override
    public void handlePacket(Packet packet) {
        delegate.handlePacket(packet);
    }

    @Override
    public void clearCommands() {
        delegate.clearCommands();
    }

    @Override
    public int getConfirmationWindowSize() {
        return delegate.getConfirmationWindowSize();
    }

    @Override
    public void setTransferring(boolean transferring) {
        delegate.setTransferring(transferring);
    }
}
