package dev.lora4j.flow;

import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Tiny pipelines in one file, as ComfyUI packs them: {@code packed.py} checked with diffusers'
 * converter where an autoencoder's weights lie, and {@code native.py} where a transformer's do.
 *
 * @param autoencoder what the names of its tensors begin with
 * @param table where the autoencoder's weights lie
 * @param encoders names of the text encoders by their folders
 * @param kept which tensors are written, by their whole names
 */
record PackedModel(
    String autoencoder, String table, Map<String, String> encoders, Predicate<String> kept) {
  private static final String PLAIN = "tiny-vae-native.tsv";
  private static final String DENOISER = "model.diffusion_model.";

  /** As files of Stable Diffusion 3 have them. */
  static final PackedModel SD3 =
      new PackedModel(
          "first_stage_model.",
          PLAIN,
          Map.of("text_encoder", "clip_l", "text_encoder_2", "clip_g", "text_encoder_3", "t5xxl"),
          name -> true);

  /** As files of FLUX.1 have them. */
  static final PackedModel FLUX =
      new PackedModel(
          "vae.", PLAIN, Map.of("text_encoder", "clip_l", "text_encoder_2", "t5xxl"), name -> true);

  /** As files of Z-Image have them. */
  static final PackedModel ZIMAGE =
      new PackedModel("vae.", PLAIN, Map.of("text_encoder", "qwen3_4b"), name -> true);

  /** As files of FLUX.2 have them, with the autoencoder of Black Forest Labs. */
  static final PackedModel KLEIN =
      new PackedModel(
          "vae.",
          "flux2/tiny-klein-vae-native.tsv",
          Map.of("text_encoder", "qwen3_4b"),
          name -> true);

  /** As ComfyUI saves them: what other autoencoders do not have is under diffusers' names. */
  static final PackedModel KLEIN_OF_COMFY =
      new PackedModel("vae.", PLAIN, Map.of("text_encoder", "qwen3_4b"), name -> true);

  PackedModel only(Predicate<String> which) {
    return new PackedModel(autoencoder, table, encoders, which);
  }

  /** Writes a pipeline, with more tensors of one number. */
  Path write(TinyPipeline pipeline, Path file, String... more) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    NativeFile.add(writer, pipeline, DENOISER, name -> kept.test(DENOISER + name));
    Map<String, String> own = new HashMap<>();
    for (String line : Files.readAllLines(Goldens.RESOURCES.resolve(table))) {
      String[] names = line.split("\t", -1);
      own.put(names[1], names[0]);
    }
    Path vae = pipeline.source().resolve("vae/diffusion_pytorch_model.safetensors");
    try (TensorStore store = TensorStore.open(vae)) {
      for (TensorInfo info : store.tensors().values()) {
        String name = own.getOrDefault(info.name(), info.name());
        // Attention is of convolutions there.
        boolean flat = name.contains("attn_1") && info.shape().rank() == 2;
        Shape shape =
            flat ? Shape.of(info.shape().size(0), info.shape().size(1), 1, 1) : info.shape();
        add(writer, store, info, autoencoder + name, shape);
      }
    }
    for (Map.Entry<String, String> encoder : encoders.entrySet()) {
      Path weights = pipeline.source().resolve(encoder.getKey()).resolve("model.safetensors");
      try (TensorStore store = TensorStore.open(weights)) {
        for (TensorInfo info : store.tensors().values()) {
          String name = "text_encoders." + encoder.getValue() + ".transformer." + info.name();
          add(writer, store, info, name, info.shape());
        }
      }
    }
    for (String name : more) {
      writer.add(name, DType.F32, Shape.of(1), new byte[Float.BYTES]);
    }
    writer.write(file);
    return file;
  }

  private void add(
      SafetensorsWriter writer, TensorStore store, TensorInfo info, String name, Shape shape) {
    if (kept.test(name)) {
      ByteBuffer all = store.read(info.name());
      byte[] bytes = new byte[all.remaining()];
      all.get(bytes);
      writer.add(name, info.dtype(), shape, bytes);
    }
  }
}
