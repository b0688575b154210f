package dev.lora4j.cli.adapter;

import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A base in which a part is of another kind than in those that are known. */
public final class AlteredBase {
  private AlteredBase() {}

  /** Copies the tiny base without the parts whose names begin so. */
  public static void copy(Path to, String... without) throws IOException {
    try (Stream<Path> files = Files.walk(Run.TINY_SD)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = Run.TINY_SD.relativize(file).toString();
        if (Stream.of(without).noneMatch(name::startsWith)) {
          Files.createDirectories(to.resolve(name).getParent());
          Files.copy(file, to.resolve(name));
        }
      }
    }
  }

  /** Writes weights of random numbers. */
  public static void weights(Path file, Map<String, Shape> weights) throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    SafetensorsWriter writer = new SafetensorsWriter();
    new TreeMap<>(weights)
        .forEach(
            (name, shape) -> {
              float[] values = new float[Math.toIntExact(shape.elements())];
              for (int i = 0; i < values.length; i++) {
                values[i] = (float) (random.nextDouble() - 0.5);
              }
              HostTensor tensor = HostTensor.of(shape, values);
              writer.add(name, tensor.dtype(), shape, tensor.bytes());
            });
    writer.write(file);
  }

  /** Words of {@code train} for a few steps at a rate that changes much. */
  public static List<String> training(Path pictures, String file) {
    return List.of(
        "train",
        "--images=" + pictures,
        "-o",
        file,
        "--compute=f32",
        "--rank=2",
        "--batch=2",
        "--steps=4",
        "--set=previews.prompts=[]");
  }
}
