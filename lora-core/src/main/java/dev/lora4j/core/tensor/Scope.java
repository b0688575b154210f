package dev.lora4j.core.tensor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * Owns native memory: everything made in a scope is released when the scope closes, in reverse
 * order. Closing twice is harmless.
 *
 * <p>A scope may be used from several threads. A child closes with its parent.
 */
public final class Scope implements AutoCloseable {
  private final Engine engine;
  private final Optional<Scope> parent;
  private final String name;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private String closedBy = "";

  Scope(Engine engine, Optional<Scope> parent, String name) {
    this.engine = engine;
    this.parent = parent;
    this.name = name;
  }

  /** The engine of the scope's resources. */
  public Engine engine() {
    return engine;
  }

  /** A child scope, for example for one step. */
  public Scope child(String childName) {
    return own(new Scope(engine, Optional.of(this), name + "/" + childName));
  }

  /**
   * Makes this scope the owner of {@code resource}.
   *
   * @throws TensorException if this scope is closed; {@code resource} is then closed too
   */
  public synchronized <T extends AutoCloseable> T own(T resource) {
    if (!closedBy.isEmpty()) {
      closeQuietly(resource);
      throw new TensorException("Scope '" + name + "' was closed by " + closedBy + ".");
    }
    owned.push(resource);
    return resource;
  }

  /** Lets {@code resource} go without closing it. */
  synchronized void disown(AutoCloseable resource) {
    // Identity, not equality; and the newest first, since short-lived values leave soonest.
    for (Iterator<AutoCloseable> i = owned.iterator(); i.hasNext(); ) {
      if (i.next() == resource) {
        i.remove();
        return;
      }
    }
  }

  /** Number of resources that this scope owns itself. */
  public synchronized int size() {
    return owned.size();
  }

  @Override
  public void close() {
    Deque<AutoCloseable> release;
    synchronized (this) {
      if (!closedBy.isEmpty()) {
        return;
      }
      closedBy = CallSite.outside();
      release = new ArrayDeque<>(owned);
      owned.clear();
    }
    release.forEach(Scope::closeQuietly);
    parent.ifPresent(p -> p.disown(this));
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      // Native releases do not fail in a way a caller could act on; the rest must still be
      // released.
      System.getLogger(Scope.class.getName()).log(System.Logger.Level.WARNING, "release failed", e);
    }
  }
}
