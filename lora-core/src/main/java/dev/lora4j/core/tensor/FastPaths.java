package dev.lora4j.core.tensor;

import dev.lora4j.core.tensor.runtime.Capabilities;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Choice of fast paths for an engine: those that work on its device, for the layers that they make
 * faster. It assumes nothing of a processor. It tries a path when a program could first use it, so
 * that computation in F32 does not try BF16; it measures speeds once for each kind of layer and
 * remembers them.
 *
 * <p>Safe for use by several threads. Work on the engine's threads does not call this object, whose
 * lock a caller holds while it waits for them.
 */
final class FastPaths {
  /**
   * Greatest advantage of plain weights at which packed ones are still used: most of it is chance.
   */
  private static final double NO_MATTER = 1.0625;

  /**
   * Ratio of times that shows that a packed weight is rearranged in each call; it takes far longer
   * than a plain one.
   */
  private static final double ARRANGED_ANEW = 2.5;

  private static final int ROUNDS = 5;

  private static final Packing SMALLEST = Packing.square(SampleLayer.SMALLEST);

  /** Nanoseconds of measuring in a process, after which layers not looked at stay plain. */
  private static final long MOST_MEASURING = 4_000_000_000L;

  private final Engine engine;
  private final MeasuredChoices choices;
  private final Map<FastPath, FastPathTrial> trials = new EnumMap<>(FastPath.class);
  private final Map<LayerKind, Packing> packings = new HashMap<>();
  private final AtomicBoolean told = new AtomicBoolean();
  private final AtomicLong measuring = new AtomicLong();

  FastPaths(Engine engine, MeasuredChoices choices) {
    this.engine = engine;
    this.choices = choices;
  }

  /** Trial of a path, made at its first use. */
  synchronized FastPathTrial trial(FastPath path) {
    FastPathTrial known = trials.get(path);
    if (known == null) {
      known = new FastPathTrial(path, obstacle(path));
      trials.put(path, known);
    }
    return known;
  }

  private Optional<String> obstacle(FastPath path) {
    if (engine.device().cuda()) {
      return Optional.of("it is for CPUs");
    }
    if (Capabilities.requested().filter(c -> c == Capabilities.NONE).isPresent()) {
      return Optional.of(Capabilities.VARIABLE + " is " + Capabilities.NONE.word());
    }
    return SampleLayer.difference(engine, path);
  }

  /** Packing of the weights of layers of a kind. */
  synchronized Packing packing(LayerKind kind) {
    Packing known = packings.get(kind);
    if (known == null) {
      known = trial(kind.path()).works() ? remembered(kind) : Packing.NEVER;
      packings.put(kind, known);
    }
    return known;
  }

  private Packing remembered(LayerKind kind) {
    return choices.remembered(
        MeasuredChoices.place(engine) + ", " + kind,
        text -> Packing.parse(text).filter(kind::admits),
        Packing::text,
        () -> measured(kind));
  }

  /*
   * Packed convolutions want channels last in memory, the plain ones channels first. So layers of
   * one place, which gain little, follow those around them where these are not always packed.
   */
  private Packing measured(LayerKind kind) {
    if (!kind.admits(Packing.ALWAYS) && !kind.admits(SMALLEST)) {
      return Packing.NEVER;
    }
    if (kind.path().convolution() && !kind.area()) {
      Packing around = packing(kind.surrounding());
      if (around.rule() != Packing.Rule.ALWAYS) {
        return Packing.NEVER;
      }
    }
    if (measuring.get() > MOST_MEASURING) {
      return Packing.NEVER;
    }
    boolean anySize = kind.admits(Packing.ALWAYS);
    try {
      return engine.call(() -> timed(() -> anySize ? measure(kind) : onlyOneSize(kind)));
    } catch (Backend.NativeFailure | TensorException e) {
      return Packing.NEVER;
    }
  }

  /** Counts the time on the engine's thread, so that other programs' turns do not count. */
  private Packing timed(Supplier<Packing> work) {
    LongSupplier clock = InterleavedTiming.clock(engine.device());
    long began = clock.getAsLong();
    try {
      return work.get();
    } finally {
      measuring.addAndGet(clock.getAsLong() - began);
    }
  }

  private Packing measure(LayerKind kind) {
    int[] sides = SampleLayer.sides(kind);
    int[] places = new int[sides.length];
    boolean[] faster = new boolean[sides.length];
    for (int i = 0; i < sides.length; i++) {
      places[i] = kind.path().convolution() ? sides[i] * sides[i] : sides[i];
      InterleavedTiming turns =
          SampleLayer.times(engine, kind, Packing.ALWAYS, 1, sides[i], ROUNDS);
      if (turns.second() > ARRANGED_ANEW * turns.first()) {
        return Packing.NEVER;
      }
      faster[i] = turns.second() <= NO_MATTER * turns.first();
    }
    return between(places, faster);
  }

  /*
   * Weights arranged for one size are of no use for another here. Those of the deepest layers, on
   * the smallest feature maps, gain most by far: arranging them costs more than multiplying.
   */
  private Packing onlyOneSize(LayerKind kind) {
    int side = SampleLayer.SMALLEST;
    InterleavedTiming turns =
        SampleLayer.times(engine, kind, SMALLEST, Packing.BATCH, side, ROUNDS);
    return turns.second() * NO_MATTER <= turns.first() ? SMALLEST : Packing.NEVER;
  }

  /**
   * The longest run of sizes at which packed is as fast, in places.
   *
   * @param sizes places, in rising order
   */
  static Packing between(int[] sizes, boolean[] faster) {
    int best = 0;
    int from = 0;
    for (int begin = 0; begin < sizes.length; begin++) {
      int end = begin;
      while (end < sizes.length && faster[end]) {
        end++;
      }
      if (end - begin > best) {
        best = end - begin;
        from = begin;
      }
    }
    if (best == 0) {
      return Packing.NEVER;
    }
    int last = from + best - 1;
    long least = from == 0 ? 0 : middle(sizes[from - 1], sizes[from]);
    long most = last == sizes.length - 1 ? Long.MAX_VALUE : middle(sizes[last], sizes[last + 1]);
    return Packing.between(least, most);
  }

  private static long middle(int a, int b) {
    return Math.round(Math.sqrt((double) a * b));
  }

  /** The paths that were tried so far. */
  synchronized Set<FastPath> tried() {
    return Set.copyOf(trials.keySet());
  }

  /** Trials of all paths. */
  List<FastPathTrial> all() {
    return Arrays.stream(FastPath.values()).map(this::trial).toList();
  }

  /** Packing of each kind of layer so far whose path works. */
  synchronized List<String> decisions() {
    return packings.entrySet().stream()
        .filter(e -> trial(e.getKey().path()).works())
        .map(e -> e.getKey() + ": " + e.getValue().described())
        .sorted()
        .toList();
  }

  /** Logs once that a program fell back to plain operators. */
  void fellBack(RuntimeException reason) {
    if (told.compareAndSet(false, true)) {
      String why = EngineErrors.reason(String.valueOf(reason.getMessage()));
      System.getLogger(FastPaths.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "a packed weight does not work here, so plain operators are used, which can be"
                  + " slower ("
                  + why
                  + ")");
    }
  }
}
