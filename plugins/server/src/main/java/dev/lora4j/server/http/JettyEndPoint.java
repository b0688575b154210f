package dev.lora4j.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of a connection. It sees a client that goes while its request is answered: Jetty
 * reads nothing then, so this reads in its place, and keeps what a client sends ahead. And it ends
 * a connection whose request comes too slowly.
 */
final class JettyEndPoint extends SocketChannelEndPoint {
  private static final int AHEAD_BYTES = 4096;
  private static final long LEAST_BYTES_PER_SECOND = 1024;

  private enum Phase {
    BETWEEN,
    HEAD,
    ANSWER,
    BODY
  }

  private final long headNanos;
  private final Object lock = new Object();
  private Phase phase = Phase.BETWEEN;
  private long since;
  private long bytes;
  private ByteBuffer ahead = BufferUtil.EMPTY_BUFFER;
  private boolean watching;
  private @Nullable Runnable gone;
  private @Nullable Callback jetty;

  JettyEndPoint(
      SocketChannel channel,
      ManagedSelector selector,
      SelectionKey key,
      Scheduler scheduler,
      long headNanos) {
    super(channel, selector, key, scheduler);
    this.headNanos = headNanos;
  }

  void headArrived() {
    enter(Phase.ANSWER);
  }

  void bodyBegins() {
    enter(Phase.BODY);
  }

  void bodyArrived() {
    enter(Phase.ANSWER);
  }

  void ended() {
    synchronized (lock) {
      gone = null;
    }
    enter(Phase.BETWEEN);
  }

  private void enter(Phase next) {
    synchronized (lock) {
      phase = next;
      since = System.nanoTime();
      bytes = 0;
    }
  }

  /** Closes the connection if a head or body takes too long. */
  void tick(long now) {
    boolean late;
    synchronized (lock) {
      long allowed =
          phase == Phase.BODY
              ? headNanos + TimeUnit.SECONDS.toNanos(bytes / LEAST_BYTES_PER_SECOND)
              : headNanos;
      late = (phase == Phase.HEAD || phase == Phase.BODY) && now - since > allowed;
    }
    if (late) {
      close();
    }
  }

  /** Has an action run once when the client goes before the answer has {@link #ended}. */
  void watch(Runnable action) {
    synchronized (lock) {
      if (phase != Phase.ANSWER) {
        return;
      }
      gone = action;
      if (watching) {
        return;
      }
      // False where Jetty reads itself; it closes the connection when the client goes.
      watching = true;
      watching = super.tryFillInterested(new Watch()) && watching;
    }
  }

  /** Learns that there is something to read. */
  private final class Watch implements Callback {
    @Override
    public void succeeded() {
      Callback next;
      Runnable action = null;
      boolean again = false; // woken for nothing
      synchronized (lock) {
        watching = false;
        next = jetty;
        jetty = null;
        if (next == null && gone != null) {
          int filled = fillAhead();
          again = filled == 0;
          if (filled < 0) {
            action = gone;
            gone = null;
          }
        }
        watching = again;
        watching = again && JettyEndPoint.super.tryFillInterested(this) && watching;
      }
      if (next != null) {
        next.succeeded();
      } else if (action != null) {
        action.run();
      }
    }

    @Override
    public void failed(Throwable failure) {
      Callback next;
      Runnable action;
      synchronized (lock) {
        watching = false;
        next = jetty;
        jetty = null;
        action = gone;
        gone = null;
      }
      if (action != null) {
        action.run();
      }
      if (next != null) {
        next.failed(failure);
      }
    }
  }

  private int fillAhead() {
    try {
      ByteBuffer buffer = BufferUtil.allocate(AHEAD_BYTES);
      int filled = super.fill(buffer);
      ahead = buffer;
      return filled;
    } catch (IOException e) {
      return -1;
    }
  }

  @Override
  public int fill(ByteBuffer buffer) throws IOException {
    synchronized (lock) {
      int filled;
      if (ahead.hasRemaining()) {
        int position = BufferUtil.flipToFill(buffer);
        filled = BufferUtil.put(ahead, buffer);
        BufferUtil.flipToFlush(buffer, position);
      } else {
        filled = super.fill(buffer);
      }
      if (filled > 0) {
        bytes += filled;
        if (phase == Phase.BETWEEN) {
          phase = Phase.HEAD;
          since = System.nanoTime();
        }
      }
      return filled;
    }
  }

  /*
   * Who waits for bytes is decided and told to Jetty in one piece: between the two a watch could begin
   * or end, and bytes that a client sent ahead would wake nobody.
   */

  @Override
  public void fillInterested(Callback callback) {
    synchronized (lock) {
      if (!isServed(callback)) {
        super.fillInterested(callback);
      }
    }
  }

  @Override
  public boolean tryFillInterested(Callback callback) {
    synchronized (lock) {
      return isServed(callback) || super.tryFillInterested(callback);
    }
  }

  /** Has Jetty learn from the watch, or of what was read ahead; false if there is neither. */
  private boolean isServed(Callback callback) {
    if (watching && jetty == null) {
      jetty = callback;
      return true;
    }
    if (ahead.hasRemaining()) {
      getScheduler().schedule(callback::succeeded, 0, TimeUnit.NANOSECONDS);
      return true;
    }
    return false;
  }

  @Override
  public boolean isFillInterested() {
    synchronized (lock) {
      return watching ? jetty != null : super.isFillInterested();
    }
  }
}
