package dev.lora4j.server.http;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A stream of events with a bounded buffer between its writers and the client. Writers wait for
 * room in it; the engine empties it without a thread.
 */
final class BufferedEvents implements EventStream {
  private final Exchange exchange;
  private final Runnable head;
  private final ServerOptions options;
  private final boolean patient;
  private final Departure departure;
  private final Runnable ended;
  private final AtomicBoolean over = new AtomicBoolean();

  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private int underWay;
  private boolean begun;
  private boolean writing;
  private boolean closed;
  private boolean dropped;
  private long since = System.nanoTime();

  /**
   * A stream that nothing was written to.
   *
   * @param head sets status and headers; run once before the first write
   * @param patient false if a full buffer ends the stream at once
   * @param departure tells that the client has gone, and is told
   * @param ended run once when the stream has ended, whichever way
   */
  BufferedEvents(
      Exchange exchange,
      Runnable head,
      ServerOptions options,
      boolean patient,
      Departure departure,
      Runnable ended) {
    this.exchange = exchange;
    this.head = head;
    this.options = options;
    this.patient = patient;
    this.departure = departure;
    this.ended = ended;
  }

  @Override
  public boolean data(String text) {
    return event("", "", text);
  }

  @Override
  public boolean event(String name, String id, String text) {
    byte[] event = EventText.event(name, id, text);
    if (put(event)) {
      pump();
      return !disconnected();
    }
    departure.gone();
    return false;
  }

  /** Puts an event into the buffer; false if the client is too slow for it. */
  private synchronized boolean put(byte[] event) {
    long end = System.nanoTime() + (patient ? options.writeTime().toNanos() : 0);
    while (!closed && isFull(event.length)) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    if (!closed) {
      waiting.writeBytes(event);
    }
    return !dropped;
  }

  /** An empty buffer takes an event of any size. */
  private boolean isFull(int more) {
    long held = (long) waiting.size() + underWay;
    return held > 0 && held + more > options.streamBytes();
  }

  /** Writes what waits, unless a write is under way, whose end does so. */
  private void pump() {
    while (true) {
      byte[] bytes;
      boolean last;
      boolean first;
      synchronized (this) {
        if (writing || dropped || over.get() || (waiting.size() == 0 && !closed)) {
          return;
        }
        first = !begun;
        begun = true;
        bytes = waiting.toByteArray();
        waiting.reset();
        last = closed;
        writing = true;
        underWay = bytes.length;
        since = System.nanoTime();
      }
      if (first) {
        head.run();
      }
      // Whichever comes second goes on: this thread, or the one that learns of the write's end.
      AtomicBoolean passed = new AtomicBoolean();
      exchange.write(
          bytes,
          last,
          ok -> {
            written(ok, last);
            if (!passed.compareAndSet(false, true)) {
              pump();
            }
          });
      if (passed.compareAndSet(false, true)) {
        return;
      }
    }
  }

  private void written(boolean ok, boolean last) {
    synchronized (this) {
      writing = false;
      underWay = 0;
      since = System.nanoTime();
      notifyAll();
    }
    if (!ok) {
      departure.gone();
    } else if (last) {
      end();
    }
  }

  private void end() {
    if (over.compareAndSet(false, true)) {
      ended.run();
    }
  }

  /** Ends it as the client has gone. */
  void drop() {
    synchronized (this) {
      if (dropped || over.get()) {
        return;
      }
      dropped = true;
      closed = true;
      waiting.reset();
      notifyAll();
    }
    exchange.abort();
    end();
  }

  /** Takes the stream back, for another answer; false if the client has seen of it. */
  synchronized boolean retract() {
    if (begun || dropped) {
      return false;
    }
    closed = true;
    dropped = true;
    end();
    return true;
  }

  /** Sends the head at once, so that a page knows that it is connected. */
  void open() {
    comment();
    pump();
  }

  private synchronized void comment() {
    waiting.writeBytes(EventText.comment());
  }

  /** Keeps it alive while nothing is written, and ends it if a write does not end. */
  void tick(long now) {
    boolean stuck;
    synchronized (this) {
      stuck = writing && now - since > options.writeTime().toNanos();
      boolean silent =
          !writing && !closed && waiting.size() == 0 && now - since > options.keepAlive().toNanos();
      if (silent) {
        comment();
      }
    }
    if (stuck) {
      departure.gone();
    } else {
      pump();
    }
  }

  @Override
  public boolean disconnected() {
    return departure.isGone();
  }

  @Override
  public void onDisconnect(Runnable action) {
    departure.onGone(action);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      notifyAll();
    }
    pump();
  }
}
