package dev.lora4j.diffusion.conditioning;

import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.clip.Embedding;
import dev.lora4j.diffusion.clip.EmbeddingException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The vectors of textual inversions that fit the text encoders of a base. */
public final class EmbeddingVectors {
  /** Families by the width of their text encoder. */
  private static final Map<Long, String> FAMILIES =
      Map.of(768L, "Stable Diffusion 1", 1024L, "Stable Diffusion 2");

  private EmbeddingVectors() {}

  /**
   * Checks that every text encoder of a base has its vectors.
   *
   * @throws EmbeddingException if not
   */
  public static void require(DiffusionModel base, Embedding embedding) {
    base.textEncoders().forEach(encoder -> of(base, encoder, embedding));
  }

  /**
   * The vectors for one text encoder of a base.
   *
   * @return [vectors, width]
   * @throws EmbeddingException if the embedding is for another kind of base
   */
  static HostTensor of(DiffusionModel base, TextEncoder encoder, Embedding embedding) {
    int width = encoder.network().width();
    List<TextEncoder> all = base.textEncoders();
    boolean second = !encoder.equals(all.get(0)) || encoder.model().endsWith("_2");
    HostTensor own = embedding.vectors().get(second ? Embedding.CLIP_G : Embedding.CLIP_L);
    Optional<HostTensor> found = Optional.ofNullable(own);
    if (all.size() == 1 && embedding.vectors().size() == 1) {
      found = found.or(() -> Optional.ofNullable(embedding.vectors().get(Embedding.ONLY)));
    } else if (all.size() != embedding.vectors().size()) {
      found = Optional.empty();
    }
    return found
        .filter(v -> v.shape().size(1) == width)
        .orElseThrow(() -> new EmbeddingException(misfit(base, embedding)));
  }

  private static String misfit(DiffusionModel base, Embedding embedding) {
    List<Long> has = embedding.vectors().values().stream().map(v -> v.shape().size(1)).toList();
    List<Long> takes = base.textEncoders().stream().map(e -> (long) e.network().width()).toList();
    return "The textual inversion "
        + embedding.name()
        + " is for "
        + described(has.stream().sorted().toList())
        + "; "
        + base.path()
        + " is "
        + described(takes)
        + ".";
  }

  private static String described(List<Long> widths) {
    if (widths.size() == 1) {
      long width = widths.get(0);
      String family = FAMILIES.getOrDefault(width, "");
      return "a base with one text encoder of width "
          + width
          + (family.isEmpty() ? "" : " (" + family + ")");
    }
    return "a base with text encoders of widths "
        + widths.stream().map(String::valueOf).collect(Collectors.joining(" and "))
        + (widths.equals(List.of(768L, 1280L)) ? " (Stable Diffusion XL)" : "");
  }
}
