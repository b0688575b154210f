package dev.lora4j.server.library;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KeyAccount;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Adapters of tests: files of text that a loader takes for adapters, and small real ones. */
final class TaggedAdapters {
  /** Bytes of the factors of a tagged adapter. */
  static final long BYTES = 4 * (8 + 8);

  /** The base of the real adapters. */
  static final Family FAMILY =
      Family.of(
          "tests", new SiteCatalogue(List.of(Site.linear("unet.wide", Shape.of(6, 11), false))));

  private TaggedAdapters() {}

  /** Writes a file whose content is a tag. */
  static Path write(Path file, String tag) {
    try {
      Files.createDirectories(file.resolveSibling("."));
      AtomicFile.write(file, tag);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An adapter that is called as the tag in its file. */
  static LoadedAdapter read(Path file) {
    try {
      return tagged(RegularFile.text(file, RegularFile.TEXT));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static LoadedAdapter tagged(String tag) {
    HostTensor down = HostTensor.of(Shape.of(1, 8), new float[8]);
    HostTensor up = HostTensor.of(Shape.of(8, 1), new float[8]);
    return new LoadedAdapter(
        new Adapter(tag, Map.of("unet.wide", List.of(LoraMath.factors(down, up, 1))), Map.of()),
        new KeyAccount(new TreeMap<>(), new TreeMap<>(), new TreeMap<>()),
        FAMILY,
        new TreeSet<>(),
        List.of(),
        Map.of(),
        Map.of());
  }

  /** The tag of what a lease has. */
  static String tag(AdapterLease lease) {
    return lease.adapter().name();
  }

  /** Writes an adapter in kohya's layout with one value in all of its factors. */
  static void writeReal(Path file, float value) {
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, "lora_unet_wide.lora_down.weight", Shape.of(2, 11), value);
    add(writer, "lora_unet_wide.lora_up.weight", Shape.of(6, 2), value);
    // A thousand files need not be forced to the disk.
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      writer.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(SafetensorsWriter writer, String key, Shape shape, float value) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    Arrays.fill(values, value);
    writer.add(key, DType.F32, shape, HostTensor.of(shape, values).bytes());
  }
}
