package dev.lora4j.flow;

import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Changed copies of a tiny pipeline. */
public record TinyPipeline(Path source) {
  /** Stable Diffusion 3.5 Medium. */
  public static final TinyPipeline SD3 = new TinyPipeline(Goldens.PIPELINE);

  /** FLUX.1 [dev]. */
  public static final TinyPipeline FLUX =
      new TinyPipeline(Goldens.RESOURCES.resolve("flux/tiny-flux"));

  /** Z-Image. */
  public static final TinyPipeline ZIMAGE =
      new TinyPipeline(Goldens.RESOURCES.resolve("zimage/tiny-zimage"));

  /** FLUX.2 [klein]. */
  public static final TinyPipeline KLEIN =
      new TinyPipeline(Goldens.RESOURCES.resolve("flux2/tiny-klein"));

  /** A copy in a folder of its own. */
  public Path copy(Path folder) {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path from : files.toList()) {
        Path to = folder.resolve(source.relativize(from).toString());
        if (Files.isDirectory(from)) {
          Files.createDirectories(to);
        } else {
          Files.copy(from, to);
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy whose transformer is stored in F32. */
  public TinyPipeline inF32(Path folder) {
    Path weights = copy(folder).resolve("transformer/diffusion_pytorch_model.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorStore store = TensorStore.open(weights)) {
      store
          .tensors()
          .values()
          .forEach(
              info -> {
                HostTensor stored =
                    HostTensor.of(info.dtype(), info.shape(), store.read(info.name()));
                HostTensor wide = HostTensor.of(DType.F32, info.shape(), stored.doubles());
                writer.add(info.name(), DType.F32, info.shape(), wide.bytes());
              });
    }
    writer.write(weights);
    return new TinyPipeline(folder);
  }

  /** A copy without a component, which its index says too. */
  public Path without(Path folder, String part) {
    remove(copy(folder), part);
    edit(
        folder.resolve("model_index.json"),
        json ->
            json.replaceAll("\"" + part + "\": \\[[^\\]]*\\]", "\"" + part + "\": [null, null]"));
    return folder;
  }

  /** Copies one component into a folder. */
  public void copyPart(Path folder, String part) {
    new TinyPipeline(source.resolve(part)).copy(folder.resolve(part));
  }

  /** Removes a folder of a copy. */
  public static void remove(Path folder, String part) {
    try (Stream<Path> files = Files.list(folder.resolve(part))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder.resolve(part));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Changes a text file. */
  public static void edit(Path file, UnaryOperator<String> change) {
    try {
      String before = Files.readString(file);
      String after = change.apply(before);
      if (after.equals(before)) {
        throw new IllegalArgumentException("Nothing changed in " + before);
      }
      Files.writeString(file, after);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
