package dev.lora4j.diffusion.base.original;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.OriginalFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kind and the sizes of published models under the names of stable-diffusion.cpp. */
class StableDiffusionCppNamesTest {
  /** Names and shapes without numbers. */
  private record Header(Map<String, TensorInfo> tensors) implements StoredTensors {
    @Override
    public Path path() {
      return Path.of("m.gguf");
    }

    @Override
    public Path fileOf(String name) {
      return path();
    }

    @Override
    public long absoluteOffset(String name) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public void read(String name, long offset, ByteBuffer into) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public boolean encoded(String name) {
      return true;
    }

    @Override
    public void decode(String name, long from, float[] values) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public long row(String name) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public String form() {
      return "";
    }
  }

  private final Map<String, TensorInfo> header = new TreeMap<>();

  private void put(String name, TensorInfo info, Shape shape) {
    header.put(name, new TensorInfo(name, info.dtype(), shape, 0, 0));
  }

  /**
   * @param earlier whether attention of text encoders is apart, and linear projections of denoisers
   *     lie as convolutions, as in versions until 2025
   */
  @ParameterizedTest
  @CsvSource({
    "sd1,SD1,false",
    "sd1,SD1,true",
    "sd2,SD2,false",
    "sd2,SD2,true",
    "sdxl,XL,false",
    "sdxl,XL,true"
  })
  void kindAndSizesAreThoseOfTheModel(String kind, OriginalKind expected, boolean earlier) {
    FullSizes sizes = FullSizes.of(kind);
    sizes
        .header()
        .forEach(
            (key, info) -> {
              String name = OriginalFile.cppName(key);
              put(name, info, info.shape());
              if (name.contains(".layers.22.") && kind.equals("sd2")) {
                // Files have a layer more, which is not used.
                put(name.replace(".22.", ".23."), info, info.shape());
              }
            });
    if (earlier) {
      List.copyOf(header.values()).forEach(this::asEarlier);
    }
    OriginalCheckpoint found = OriginalCheckpoint.of(new Header(header), Map.of());
    assertEquals(expected, found.kind());
    assertEquals(sizes.unet(), found.unet());
    assertEquals(sizes.texts(), found.texts());
    assertEquals(
        kind.equals("sd2") ? List.of(IgnoredKey.LAST_LAYER) : List.of(),
        header.keySet().stream()
            .flatMap(key -> found.ignored(key, sizes.texts()).stream())
            .distinct()
            .toList()
            .stream()
            .filter(IgnoredKey.LAST_LAYER::equals)
            .toList());
  }

  private void asEarlier(TensorInfo info) {
    Shape shape = info.shape();
    if (info.name().contains(".in_proj.")) {
      header.remove(info.name());
      for (String part : List.of("q", "k", "v")) {
        put(info.name().replace("in_proj", part + "_proj"), info, shape.with(0, shape.size(0) / 3));
      }
    }
    if (info.name().matches(".*\\.proj_(in|out)\\.weight")) {
      put(info.name(), info, Shape.of(shape.size(0), shape.size(1), 1, 1));
    }
  }
}
