package dev.lora4j.diffusion.clip;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads textual inversions from {@code .safetensors} files: {@code emb_params} as the common user
 * interfaces write it, one tensor under its token as diffusers does, or {@code clip_l} and {@code
 * clip_g} for Stable Diffusion XL. Needs no engine.
 */
public final class EmbeddingFile {
  /** File extension of textual inversions. */
  public static final String ENDING = ".safetensors";

  /** Endings under which textual inversions are published that can run code. */
  public static final List<String> PICKLES = List.of(".pt", ".bin", ".pth", ".ckpt");

  private static final Set<String> NO_TOKEN = Set.of("emb_params", "string_to_param.*", "*");
  private static final Map<String, String> ENCODERS =
      Map.of(
          "clip_l", Embedding.CLIP_L,
          "clip_g", Embedding.CLIP_G,
          "text_encoders_0", Embedding.CLIP_L,
          "text_encoders_1", Embedding.CLIP_G);
  private static final Set<DType> TYPES = Set.of(DType.F32, DType.F16, DType.BF16, DType.F64);
  private static final int MOST_VECTORS = 1000;
  private static final int SHOWN = 80;

  private EmbeddingFile() {}

  /**
   * Reads a file.
   *
   * @throws EmbeddingException if it holds no textual inversion
   * @throws dev.lora4j.core.safetensors.SafetensorsException if it is damaged or no safetensors
   *     file
   */
  public static Embedding read(Path file) {
    String fileName = String.valueOf(file.getFileName());
    refusePickle(file, fileName);
    String name =
        fileName.endsWith(ENDING)
            ? fileName.substring(0, fileName.length() - ENDING.length())
            : fileName;
    try (Safetensors tensors = Safetensors.open(file)) {
      Set<String> keys = tensors.tensors().keySet();
      boolean byEncoder = !keys.isEmpty() && ENCODERS.keySet().containsAll(keys);
      if (!byEncoder && (keys.size() != 1 || adapter(keys.iterator().next()))) {
        throw new EmbeddingException(
            file + " is no textual inversion: " + found(keys) + " Adapters are given as such.");
      }
      Map<String, HostTensor> vectors = new HashMap<>();
      for (TensorInfo info : tensors.tensors().values()) {
        vectors.put(
            byEncoder ? ENCODERS.getOrDefault(info.name(), info.name()) : Embedding.ONLY,
            vectors(file, tensors, info));
      }
      Optional<String> token =
          keys.stream().filter(k -> !byEncoder && !NO_TOKEN.contains(k)).findFirst();
      return new Embedding(name, token, vectors);
    }
  }

  private static void refusePickle(Path file, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (PICKLES.stream().anyMatch(lower::endsWith)) {
      throw new EmbeddingException(
          file
              + " can run code when it is loaded, so it is never opened here. Get a .safetensors"
              + " version, or convert it where you trust it: python -c \"import sys, torch,"
              + " safetensors.torch as s; d = torch.load(sys.argv[1], weights_only=False);"
              + " d = d.get('string_to_param', d); s.save_file({'emb_params':"
              + " next(iter(d.values())).detach().contiguous()}, sys.argv[2])\" "
              + name
              + " "
              + name.substring(0, name.lastIndexOf('.'))
              + ENDING);
    }
  }

  private static boolean adapter(String key) {
    return key.contains("lora") || key.endsWith(".weight");
  }

  private static String found(Set<String> keys) {
    String first = keys.isEmpty() ? "" : shown(keys.iterator().next());
    if (keys.contains("t5") || keys.stream().anyMatch(k -> k.endsWith("_out"))) {
      return "it has vectors that Stable Diffusion has no text encoder for ("
          + String.join(", ", keys.stream().map(EmbeddingFile::shown).limit(6).toList())
          + ").";
    }
    return "expected one tensor, or clip_l and clip_g, found "
        + (keys.isEmpty() ? "none." : keys.size() + ", the first called " + first + ".");
  }

  private static String shown(String key) {
    String short_ = key.length() > SHOWN ? key.substring(0, SHOWN) + "..." : key;
    return short_.replaceAll("\\p{Cntrl}", "?");
  }

  private static HostTensor vectors(Path file, Safetensors tensors, TensorInfo info) {
    Shape shape = info.shape();
    int rank = shape.rank();
    boolean fits = rank == 2 ? shape.size(0) <= MOST_VECTORS : rank == 1;
    if (!fits || shape.elements() == 0 || !TYPES.contains(info.dtype())) {
      throw new EmbeddingException(
          file
              + " is no textual inversion: expected vectors [vectors, width] of floating-point"
              + " numbers, found "
              + shown(info.name())
              + " of "
              + info.dtype()
              + " "
              + shape
              + ".");
    }
    Shape canonical = rank == 2 ? shape : Shape.of(1, shape.size(0));
    HostTensor read = HostTensor.owning(info.dtype(), canonical, tensors.bytes(info.name()));
    if (!read.finite()) {
      throw new EmbeddingException(
          file + " has numbers that are not finite: it is damaged, or its training failed.");
    }
    return read;
  }
}
