package dev.lora4j.bench.server;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A folder of many made-up adapters of one rank in F16. They have the numbers of the first one with
 * other signs, so that they are as strong and as large, each is another, and a thousand are written
 * in a second or two.
 */
final class AdapterFolder {
  /** S-LoRA's smallest. */
  static final int RANK = 8;

  private static final String ENDING = ".safetensors";

  /** The spread of factors; the change of a layer is a tenth of its weights or so. */
  private static final float STRENGTH = 0.05f;

  private AdapterFolder() {}

  /**
   * Writes adapters, those that are not there.
   *
   * @param first number of the first
   * @return their names in a library of this folder
   */
  static List<String> write(Path folder, ServedKind kind, int first, int count) {
    List<String> names = new ArrayList<>();
    try {
      Files.createDirectories(folder);
      Path template = folder.resolveSibling("template-" + kind.text());
      if (!Files.exists(template)) {
        writeFirst(template, kind);
      }
      for (int i = first; i < first + count; i++) {
        String name = kind.text() + i;
        boolean single = Files.isRegularFile(template);
        Path place = folder.resolve(single ? name + ENDING : name);
        if (!Files.exists(place)) {
          copy(template, place, i);
        }
        names.add(name);
      }
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeFirst(Path file, ServedKind kind) {
    Family family = kind.base().family();
    Map<String, List<Factors>> all = new LinkedHashMap<>();
    for (Site site : family.sites().all()) {
      boolean inside = !site.name().startsWith("text_encoder");
      if (site.kind() == Site.Kind.LINEAR && inside && kind.layers().test(site.name())) {
        HostTensor down = values(Shape.of(RANK, site.in()), site.name().hashCode());
        HostTensor up = values(Shape.of(site.out(), RANK), ~site.name().hashCode());
        all.put(site.name(), List.of(LoraMath.factors(down, up, RANK)));
      }
    }
    AdapterOutput.write(
        new Adapter(kind.text(), all, Map.of()),
        family,
        AdapterWriters.named(kind.layout()),
        WriteOptions.EXACT.as(DType.F16),
        file);
  }

  private static HostTensor values(Shape shape, long place) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    SeededNoise.of(RANK, place).gaussians(values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] *= STRENGTH;
    }
    return HostTensor.of(shape, values);
  }

  private static void copy(Path template, Path place, long seed) throws IOException {
    if (Files.isRegularFile(template)) {
      Files.write(place, otherSigns(Files.readAllBytes(template), seed));
      return;
    }
    Files.createDirectories(place);
    try (Stream<Path> files = Files.list(template)) {
      for (Path file : files.toList()) {
        Path to = place.resolve(String.valueOf(file.getFileName()));
        if (to.toString().endsWith(ENDING)) {
          copy(file, to, seed);
        } else {
          Files.copy(file, to);
        }
      }
    }
  }

  /** Changes the signs of random elements of the factors, and of nothing else in the file. */
  private static byte[] otherSigns(byte[] file, long seed) {
    int header = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    JsonObject tensors =
        JsonParser.parseString(new String(file, 8, header, StandardCharsets.UTF_8))
            .getAsJsonObject();
    SplittableRandom random = new SplittableRandom(seed);
    for (String name : tensors.keySet()) {
      if (name.endsWith(".weight")) {
        JsonObject tensor = tensors.getAsJsonObject(name);
        int begin = tensor.getAsJsonArray("data_offsets").get(0).getAsInt() + 8 + header;
        int end = tensor.getAsJsonArray("data_offsets").get(1).getAsInt() + 8 + header;
        for (int high = begin + 1; high < end; high += 2) {
          file[high] ^= random.nextBoolean() ? (byte) 0x80 : 0;
        }
      }
    }
    return file;
  }
}
