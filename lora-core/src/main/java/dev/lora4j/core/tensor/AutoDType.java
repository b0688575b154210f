package dev.lora4j.core.tensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The faster of BF16 and F32 on a device of this machine. No table of processors can tell: it
 * depends on instructions, threads and the version of the engine, so it is measured.
 *
 * @param type the faster one
 * @param f32Millis time of the measured work in F32
 * @param bf16Millis time of the same work in BF16; the work is less where the answer is clear
 */
public record AutoDType(DType type, double f32Millis, double bf16Millis) {
  /** BF16 keeps 8 bits of each number, so it has to earn its place. */
  private static final double WORTH_IT = 1.15;

  private static final int ROUNDS = 5;

  /** Ratio of times with little work that stays clear with more work. */
  private static final double CLEAR = 2.5;

  private static final int LITTLE = 64;
  private static final int MUCH = 128;

  /**
   * The type to compute in: the value of the environment variable {@code LORA4J_COMPUTE}, else the
   * type measured once for this processor and number of threads, or this card, and this engine, so
   * that a later run decides equally. {@code compute.properties} in {@link #home} stores the
   * measurement; if that cannot be written, each run measures.
   */
  public static AutoDType remembered(Engine engine) {
    String asked = System.getenv().getOrDefault("LORA4J_COMPUTE", "auto").toUpperCase(Locale.ROOT);
    if (asked.equals("F32") || asked.equals("BF16")) {
      return new AutoDType(DType.valueOf(asked), Double.NaN, Double.NaN);
    }
    if (!asked.equals("AUTO")) {
      throw new TensorException("LORA4J_COMPUTE is " + asked + "; expected f32, bf16 or auto.");
    }
    return remembered(engine, home().resolve("compute.properties"));
  }

  /**
   * Folder of this user's settings: {@code LORA4J_HOME}, else {@code .lora4j} in the home folder.
   */
  public static Path home() {
    String named = System.getenv().getOrDefault("LORA4J_HOME", "");
    return named.isEmpty()
        ? Path.of(System.getProperty("user.home", "."), ".lora4j")
        : Path.of(named);
  }

  static AutoDType remembered(Engine engine, Path file) {
    return new MeasuredChoices(file)
        .remembered(
            MeasuredChoices.place(engine) + ", type",
            AutoDType::parse,
            AutoDType::text,
            () -> measure(engine));
  }

  /**
   * Time of BF16 relative to F32 on an engine's device, as measured once; ignores the environment
   * variable.
   */
  public static double slowdown(Engine engine) {
    AutoDType known = remembered(engine, MeasuredChoices.ofUser().file());
    return known.bf16Millis / known.f32Millis;
  }

  private static Optional<AutoDType> parse(String text) {
    String[] found = text.split(" ", -1);
    try {
      return found.length == 3
          ? Optional.of(
              new AutoDType(
                  DType.valueOf(found[0]),
                  Double.parseDouble(found[1]),
                  Double.parseDouble(found[2])))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      // Another program's text; the choice is measured and written again.
      return Optional.empty();
    }
  }

  private String text() {
    return String.format(Locale.ROOT, "%s %.2f %.2f", type, f32Millis, bf16Millis);
  }

  /**
   * Measures, which takes well under a second: little work first, and more only if that leaves open
   * which type is faster, on a machine for which it was little.
   */
  public static AutoDType measure(Engine engine) {
    return measure(channels -> engine.call(() -> measure(engine, channels)));
  }

  /** Measures with work of a number of channels. */
  static AutoDType measure(IntFunction<InterleavedTiming> work) {
    InterleavedTiming turns = work.apply(LITTLE);
    if (turns.ratio() < CLEAR && !turns.lengthy()) {
      turns = work.apply(MUCH);
    }
    DType faster = turns.first() > WORTH_IT * turns.second() ? DType.BF16 : DType.F32;
    return new AutoDType(faster, turns.first(), turns.second());
  }

  private static InterleavedTiming measure(Engine engine, int channels) {
    try (Scope scope = engine.scope("faster-type")) {
      Sample f32 = Sample.of(scope, DType.F32, channels);
      Sample bf16 = Sample.of(scope, DType.BF16, channels);
      return InterleavedTiming.of(
          () -> f32.run(scope),
          () -> bf16.run(scope),
          ROUNDS,
          InterleavedTiming.clock(engine.device()));
    }
  }

  /** Layers of a denoiser in small: a projection and a 3x3 convolution. */
  private record Sample(Program program, HeldInputs weights, List<Tensor> inputs) {
    static Sample of(Scope scope, DType type, int channels) {
      Graph graph = new Graph();
      int width = 4 * channels;
      Expr tokens = graph.input("tokens", type, Shape.of(width, width));
      Expr picture = graph.input("picture", type, Shape.of(1, channels, 32, 32));
      Expr matrix = graph.weight("matrix", type, Shape.of(width, width));
      Expr kernel = graph.weight("kernel", type, Shape.of(channels, channels, 3, 3));
      Expr product = tokens.linear(matrix).mean().to(DType.F32);
      Expr convolution = picture.conv2d(kernel, 1, 1).mean().to(DType.F32);
      Program program = graph.inference(scope, List.of(product, convolution));
      List<Tensor> weights = new ArrayList<>();
      graph.heldInputs().forEach(i -> weights.add(filled(scope, i)));
      List<Tensor> inputs = new ArrayList<>();
      graph.inputs().forEach(i -> inputs.add(filled(scope, i)));
      return new Sample(program, program.hold(scope, weights), inputs);
    }

    private static Tensor filled(Scope scope, Graph.Input input) {
      float[] values = new float[Math.toIntExact(input.shape().elements())];
      for (int i = 0; i < values.length; i++) {
        values[i] = (i % 17 - 8) / 64f;
      }
      return Tensor.of(scope, input.shape(), values).to(scope, input.dtype());
    }

    void run(Scope scope) {
      try (Scope work = scope.child("round")) {
        // A card computes while Java continues, until a result is read.
        program.run(work, weights, inputs).get(1).floats();
      }
    }
  }
}
