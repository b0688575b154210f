package dev.lora4j.core.tensor;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
    String key = place(engine) + ", " + engine.version();
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
      Tensor[] f32 = inputs(scope, DType.F32);
      Tensor[] bf16 = inputs(scope, DType.BF16);
      Program inF32 = program(scope, DType.F32);
      Program inBf16 = program(scope, DType.BF16);
      time(scope, inF32, f32);
      time(scope, inBf16, bf16);
      double bestF32 = Double.MAX_VALUE;
      double bestBf16 = Double.MAX_VALUE;
      // In turns, so that a busy moment of the machine meets both; the best is the least disturbed.
      for (int round = 0; round < ROUNDS; round++) {
        bestF32 = Math.min(bestF32, time(scope, inF32, f32));
        bestBf16 = Math.min(bestBf16, time(scope, inBf16, bf16));
      }
      DType faster = bestF32 > WORTH_IT * bestBf16 ? DType.BF16 : DType.F32;
      return new FasterType(faster, bestF32, bestBf16);
    }
  }

  /** A matrix product and a 3x3 convolution, about as much of each as a denoiser has. */
  private static Program program(Scope scope, DType type) {
    Graph graph = new Graph();
    Expr a = graph.input("a", type, Shape.of(512, 512));
    Expr picture = graph.input("picture", type, Shape.of(1, 128, 32, 32));
    Expr kernel = graph.input("kernel", type, Shape.of(128, 128, 3, 3));
    Expr product = a.matmul(a).mean();
    Expr convolution = picture.conv2d(kernel, 1, 1).mean();
    return graph.inference(scope, List.of(product.to(DType.F32), convolution.to(DType.F32)));
  }

  private static Tensor[] inputs(Scope scope, DType type) {
    return new Tensor[] {
      filled(scope, type, Shape.of(512, 512)),
      filled(scope, type, Shape.of(1, 128, 32, 32)),
      filled(scope, type, Shape.of(128, 128, 3, 3))
    };
  }

  private static Tensor filled(Scope scope, DType type, Shape shape) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 17 - 8) / 64f;
    }
    return Tensor.of(scope, shape, values).to(scope, type);
  }

  private static double time(Scope scope, Program program, Tensor... inputs) {
    try (Scope work = scope.child("round")) {
      long began = System.nanoTime();
      // A card computes while Java goes on, until somebody wants to read.
      program.run(work, inputs).get(1).floats();
      return (System.nanoTime() - began) / 1e6;
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
      try (Writer out = Files.newBufferedWriter(temporary)) {
        known.store(out, "Which type computes faster: type, milliseconds in F32, in BF16.");
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // A home that cannot be written only costs the measurement next time.
    }
  }
}
