package dev.lora4j.core.tensor;

import dev.lora4j.core.tensor.runtime.EngineObstacle;
import dev.lora4j.core.tensor.runtime.EngineThreads;
import dev.lora4j.core.tensor.runtime.ProcessorShare;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Runs programs. Owns the threads that native code runs on and the root of all scopes.
 *
 * <p>Safe for use by several threads. Closing releases every scope and tensor made through it.
 */
public final class Engine implements AutoCloseable {
  /*
   * Grad mode and the graph optimizer of libtorch are thread-local native state. Programs therefore
   * run on threads of our own, whose state the backend sets, whatever thread the caller is on:
   * a caller's thread is never left changed, and virtual threads are safe.
   */
  private static final AtomicLong OPENED = new AtomicLong();

  private final Backend backend;
  private final EngineThreads threads = new EngineThreads();
  private final Scope root;
  private final Map<List<DType>, Program> conversions = new ConcurrentHashMap<>();
  private final Map<PackedForm, Backend.Handle> packers = new ConcurrentHashMap<>();
  private final AtomicLong compiled = new AtomicLong();
  private final FastPaths fastPaths = new FastPaths(this, MeasuredChoices.ofUser());
  private volatile String closedBy = "";
  private final int intraOp;

  /** Threads inside an operator: on the engine's threads those in use, on others those wanted. */
  private final ThreadLocal<Integer> operatorThreads;

  private volatile Device device = Device.CPU;

  private Engine(Backend backend, int intraOp) {
    this.backend = backend;
    this.intraOp = intraOp;
    this.operatorThreads = ThreadLocal.withInitial(() -> intraOp);
    this.root = new Scope(this, Optional.empty(), "engine");
  }

  /** Opens an engine on the CPU with all threads that this process may use. */
  public static Engine open() {
    return open(EngineOptions.DEFAULT);
  }

  /**
   * Opens an engine.
   *
   * @throws TensorException if no backend is on the class path, its native library cannot start, or
   *     the device cannot be used; the message gives the obstacle and the remedy
   */
  public static Engine open(EngineOptions options) {
    int threads = options.threads().orElseGet(() -> ProcessorShare.ofThisProcess().usable());
    OPENED.incrementAndGet();
    Backend backend = found();
    Engine engine = new Engine(backend, threads);
    engine.device = engine.call(() -> backend.start(threads, options.device()));
    return engine;
  }

  /**
   * Number of engines that this process has begun to open; engines refused before that do not
   * count.
   */
  public static long opened() {
    return OPENED.get();
  }

  /**
   * Obstacle to {@link #open(EngineOptions)} on a device, as far as it shows before anything native
   * is loaded; empty if there is none.
   */
  public static Optional<EngineObstacle> obstacle(Device device) {
    return found().obstacle(device);
  }

  private static Backend found() {
    return ServiceLoader.load(Backend.class, Engine.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () -> new TensorException("No engine is on the class path; add lora-core's jar."));
  }

  /** Device of this engine's tensors and programs; CPU or a card. */
  public Device device() {
    return device;
  }

  /** The devices of this machine that an engine in this process could use, the CPU first. */
  public List<DeviceInfo> devices() {
    return backend.devices();
  }

  /** A new scope that closes with the engine at the latest. */
  public Scope scope(String name) {
    return root.child(name);
  }

  /** Number of threads inside one operator. */
  public int threads() {
    return intraOp;
  }

  /** Name and version of the native library. */
  public String version() {
    return backend.version();
  }

  /** The folder that the native library was loaded from. */
  public Path nativeFolder() {
    return backend.nativeFolder();
  }

  /** Number of programs compiled since the engine was opened. */
  public long compiled() {
    return compiled.get();
  }

  /** Loads a program's text. */
  Backend.Handle compile(String source) {
    return call(() -> backend.load(source));
  }

  /** Counts a program that was compiled for a caller, and not to try something. */
  void countCompiled() {
    compiled.incrementAndGet();
  }

  /** Number of tensors, lists of held inputs and programs that the native library holds now. */
  public long live() {
    return backend.live();
  }

  /**
   * Returns freed memory that is cached for later tensors to the card and the system. Worth its
   * milliseconds after much was closed, as later tensors have to allocate again.
   */
  public void trimMemory() {
    backend.trim();
    backend.trimHost();
  }

  Backend backend() {
    return backend;
  }

  /**
   * Tries each fast path of this toolkit on this machine. Working ones are used for the layers that
   * they make faster.
   */
  public List<FastPathTrial> trials() {
    return fastPaths.all();
  }

  /** Measured packings of the kinds of layers that programs had so far. */
  public List<String> packedLayers() {
    return fastPaths.decisions();
  }

  FastPaths fastPaths() {
    return fastPaths;
  }

  /** A weight in another form; the caller frees it. */
  Backend.Handle packed(PackedForm form, Backend.Handle weight) {
    return call(
        () ->
            backend
                .run(packer(form), List.of(weight), Optional.empty(), Backend.Mode.INFERENCE)
                .get(0));
  }

  private Backend.Handle packer(PackedForm form) {
    return packers.computeIfAbsent(form, f -> call(() -> backend.load(f.source())));
  }

  /** The program that converts any shape from one type to another, always copying. */
  Program conversion(DType from, DType to) {
    return conversions.computeIfAbsent(
        List.of(from, to),
        pair -> {
          Graph graph = new Graph();
          Expr x = graph.input("x", from, Shape.of(Shape.UNKNOWN));
          return graph.plain(root, List.of(graph.call("to", to, x.shape(), x, to, false, true)));
        });
  }

  /**
   * Does {@code work} on one of the engine's threads, whose operators meanwhile take no other to
   * help: for work that its callers divide among threads themselves. Short programs then run one
   * after the other without being handed over each by itself.
   *
   * @throws CancellationException if the calling thread was interrupted before the work began
   */
  public <T> T alone(Supplier<T> work) {
    return call(() -> limitedHere(1, work));
  }

  /**
   * Does {@code work} on one of the engine's threads, so that the short programs and the tensors in
   * it are not handed over each by itself, which takes longer than many of them do. An interrupt
   * takes effect after it.
   *
   * @throws CancellationException if the calling thread was interrupted before the work began
   */
  public <T> T together(Supplier<T> work) {
    return call(work);
  }

  /**
   * Does {@code work} on the calling thread. Operators of the programs that it runs use {@code
   * threads} threads each: for pieces of work that run side by side, of which each would else wait
   * at every operator for processors that the others keep busy. Threads that it begins are not
   * limited.
   *
   * @throws IllegalArgumentException if {@code threads} is not from 1 to {@link #threads()}
   */
  public <T> T limited(int threads, Supplier<T> work) {
    if (threads < 1 || threads > intraOp) {
      throw new IllegalArgumentException(
          "operators of this engine use 1 to " + intraOp + " threads, found " + threads);
    }
    if (this.threads.inside()) {
      return limitedHere(threads, work);
    }
    int before = operatorThreads.get();
    operatorThreads.set(threads);
    try {
      return work.get();
    } finally {
      operatorThreads.set(before);
    }
  }

  /** {@link #limited} on one of the engine's threads. */
  private <T> T limitedHere(int wanted, Supplier<T> work) {
    int before = operatorThreads.get();
    backend.operatorThreads(wanted);
    operatorThreads.set(wanted);
    try {
      return work.get();
    } finally {
      operatorThreads.set(before);
      backend.operatorThreads(before);
    }
  }

  /**
   * Does {@code work} on one of the engine's threads while the native library's own profiler
   * records each operator that it runs there. Recording takes time of its own, about a microsecond
   * for each operator.
   *
   * @param trace file to write, in Chrome's trace event format: one event for each operator with
   *     its begin and duration in microseconds; operators that others call lie within these
   */
  public <T> T profile(Path trace, Supplier<T> work) {
    return call(
        () -> {
          backend.startProfile();
          try {
            return work.get();
          } finally {
            backend.stopProfile(trace);
          }
        });
  }

  /**
   * Runs native work on one of our threads and waits for it. On such a thread already, it runs
   * there.
   *
   * @throws CancellationException if the calling thread was interrupted before the work began; work
   *     that has begun always ends, because a native call cannot be taken back
   */
  <T> T call(Supplier<T> work) {
    if (threads.inside()) {
      return work.get();
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("Interrupted.");
    }
    int wanted = operatorThreads.get();
    Future<T> result = submit(wanted == intraOp ? work : () -> limitedHere(wanted, work));
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof RuntimeException failure) {
            throw failure;
          }
          if (e.getCause() instanceof Error error) {
            throw error;
          }
          throw new TensorException("Native work failed.", e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private <T> Future<T> submit(Supplier<T> work) {
    try {
      return threads.submit(work);
    } catch (RejectedExecutionException e) {
      throw new TensorException("The engine was closed by " + closedBy + ".", e);
    }
  }

  /** Releases everything made through this engine, after the calls in progress. */
  @Override
  public synchronized void close() {
    if (closedBy.isEmpty()) {
      closedBy = CallSite.outside();
      root.close();
      packers.values().forEach(backend::free);
      backend.trim();
      threads.close();
    }
  }
}
