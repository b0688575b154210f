package dev.lora4j.core.tensor;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;

/** A process that changes a file while it is mapped, and prints what its next use says. */
final class CutMapping {
  private static final int ROWS = 4096;

  private CutMapping() {}

  /** Arguments: a file to make, what is done to it, and how it is used then. */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    Files.write(file, new byte[4 * ROWS * ROWS / 16]);
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("test")) {
      Tensor weight = Tensor.map(scope, file, DType.F32).view(scope, 0, Shape.of(256, ROWS));
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(1));
      Expr w = graph.held("w", DType.F32, Shape.of(256, ROWS));
      Program program = graph.inference(scope, List.of(w.add(x)));
      HeldInputs held = program.hold(scope, List.of(weight));
      Tensor one = Tensor.of(scope, Shape.of(1), 1);
      change(file, arguments[1]);
      try {
        float[] values =
            switch (arguments[2]) {
              case "run" -> program.run(scope, held, List.of(one)).get(0).floats();
              case "hold" -> {
                program.hold(scope, List.of(weight));
                yield new float[1];
              }
              default -> weight.floats();
            };
        System.out.println("used, " + values[values.length - 1]);
      } catch (TensorException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static void change(Path file, String how) throws IOException {
    switch (how) {
      case "cut" -> {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(100);
        }
      }
      case "overwritten" -> {
        FileTime later = FileTime.fromMillis(Files.getLastModifiedTime(file).toMillis() + 5000);
        byte[] other = Files.readAllBytes(file);
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
          out.write(other);
        }
        Files.setLastModifiedTime(file, later);
      }
      case "replaced" -> {
        Path next = Files.write(file.resolveSibling("next"), new byte[10]);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
      }
      case "removed" -> Files.delete(file);
      default -> throw new IllegalArgumentException(how);
    }
  }
}
