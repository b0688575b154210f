package dev.lora4j.core.tensor;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * Whether a device of this machine computes faster in BF16 or in F32. No table of processors can
 * tell: it depends on instructions, threads and the version of the engine, so it is measured.
 *
 * @param type the faster one
 * @param f32Millis time of the measured work in F32
 * @param bf16Millis time of the same work in BF16
 */
public record FasterType(DType type, double f32Millis, double bf16Millis) {
  /** BF16 keeps 8 bits of each number, so it has to earn its place. */
  private static final double WORTH_IT = 1.15;

  private static final int ROUNDS = 7;

  /**
   * The type to compute in: what the environment variable {@code LORA4J_COMPUTE} says, else what
   * was measured once for this processor and number of threads, or this card, and this engine, so
   * that a later run does not decide otherwise. The measurement is kept in {@code
   * compute.properties} in {@link #home}; if that cannot be written, each run measures.
   */
  public static FasterType remembered(Engine engine) {
    String asked = System.getenv().getOrDefault("LORA4J_COMPUTE", "auto").toUpperCase(Locale.ROOT);
    if (asked.equals("F32") || asked.equals("BF16")) {
      return new FasterType(DType.valueOf(asked), Double.NaN, Double.NaN);
    }
    if (!asked.equals("AUTO")) {
      throw new TensorException("LORA4J_COMPUTE is " + asked + "; expected f32, bf16 or auto.");
    }
    return remembered(engine, home().resolve("compute.properties"));
  }

  /**
   * Where this user's settings are: {@code LORA4J_HOME}, else {@code .lora4j} in the home folder.
   */
  public static Path home() {
    String named = System.getenv().getOrDefault("LORA4J_HOME", "");
    return named.isEmpty()
        ? Path.of(System.getProperty("user.home", "."), ".lora4j")
        : Path.of(named);
  }

  static FasterType remembered(Engine engine, Path file) {
    String weights = engine.packs() ? ", packed weights" : "";
    String key = place(engine) + ", " + engine.version() + weights;
    Properties known = load(file);
    String[] found = known.getProperty(key, "").split(" ", -1);
    try {
      if (found.length == 3) {
        return new FasterType(
            DType.valueOf(found[0]), Double.parseDouble(found[1]), Double.parseDouble(found[2]));
      }
    } catch (IllegalArgumentException e) {
      // Somebody else's text; it is measured and written anew.
    }
    FasterType measured = measure(engine);
    known.setProperty(
        key,
        String.format(
            Locale.ROOT, "%s %.2f %.2f", measured.type, measured.f32Millis, measured.bf16Millis));
    save(file, known);
    return measured;
  }

  private static String place(Engine engine) {
    return engine.device().cuda()
        ? engine.devices().get(1 + engine.device().index()).name()
        : Processor.model() + ", " + engine.threads() + " threads";
  }

  /** Measures, which takes well under a second. */
  public static FasterType measure(Engine engine) {
    try (Scope scope = engine.scope("faster-type")) {
      Sample f32 = Sample.of(scope, DType.F32);
      Sample bf16 = Sample.of(scope, DType.BF16);
      f32.time(scope);
      bf16.time(scope);
      double bestF32 = Double.MAX_VALUE;
      double bestBf16 = Double.MAX_VALUE;
      // In turns, so that a busy moment of the machine meets both; the best is the least disturbed.
      for (int round = 0; round < ROUNDS; round++) {
        bestF32 = Math.min(bestF32, f32.time(scope));
        bestBf16 = Math.min(bestBf16, bf16.time(scope));
      }
      DType faster = bestF32 > WORTH_IT * bestBf16 ? DType.BF16 : DType.F32;
      return new FasterType(faster, bestF32, bestBf16);
    }
  }

  /** Layers of a denoiser in small: a projection and a 3x3 convolution. */
  private record Sample(Program program, Held weights, List<Tensor> inputs) {
    static Sample of(Scope scope, DType type) {
      Graph graph = new Graph();
      Expr tokens = graph.input("tokens", type, Shape.of(512, 512));
      Expr picture = graph.input("picture", type, Shape.of(1, 128, 32, 32));
      Expr matrix = graph.weight("matrix", type, Shape.of(512, 512));
      Expr kernel = graph.weight("kernel", type, Shape.of(128, 128, 3, 3));
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

    double time(Scope scope) {
      try (Scope work = scope.child("round")) {
        long began = System.nanoTime();
        // A card computes while Java goes on, until somebody wants to read.
        program.run(work, weights, inputs).get(1).floats();
        return (System.nanoTime() - began) / 1e6;
      }
    }
  }

  private static Properties load(Path file) {
    Properties known = new Properties();
    if (Files.isReadable(file)) {
      try (Reader in = Files.newBufferedReader(file)) {
        known.load(in);
      } catch (IOException | IllegalArgumentException e) {
        known.clear();
      }
    }
    return known;
  }

  private static void save(Path file, Properties known) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Path temporary = Files.createTempFile(folder, ".compute", ".tmp");
      try {
        try (Writer out = Files.newBufferedWriter(temporary)) {
          known.store(out, "Which type computes faster: type, milliseconds in F32, in BF16.");
        }
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      // A home that cannot be written only costs the measurement next time.
    }
  }
}
