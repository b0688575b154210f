package dev.lora4j.diffusion.clip;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A textual inversion (Gal et al. 2022): learned vectors that a text encoder gets where a prompt
 * has a word of its own. Immutable, and of no native memory.
 *
 * @param name the word, which is the name of its file
 * @param token another word for the same, which the file itself names
 * @param vectors by text encoder, F32, F16, BF16 or F64 [vectors, width]: for {@link #CLIP_L} and
 *     {@link #CLIP_G}, or for {@link #ONLY}; as many for each
 */
public record Embedding(String name, Optional<String> token, Map<String, HostTensor> vectors) {
  /** The text encoder of a base that has one. */
  public static final String ONLY = "";

  /** The smaller text encoder of a base that has two. */
  public static final String CLIP_L = "clip_l";

  /** The larger text encoder of a base that has two. */
  public static final String CLIP_G = "clip_g";

  /** Checks the shapes. */
  public Embedding {
    if (name.isBlank() || token.filter(String::isBlank).isPresent()) {
      throw new EmbeddingException("A textual inversion needs a word to stand for.");
    }
    SortedMap<String, HostTensor> sorted = new TreeMap<>(vectors);
    long count = -1;
    for (Map.Entry<String, HostTensor> of : sorted.entrySet()) {
      Shape shape = of.getValue().shape();
      if (shape.rank() != 2 || shape.elements() == 0) {
        throw new EmbeddingException(
            name + ": expected vectors [vectors, width], found " + of.getValue() + ".");
      }
      if (count >= 0 && shape.size(0) != count) {
        throw new EmbeddingException(
            name
                + " has "
                + count
                + " vectors for one text encoder and "
                + shape.size(0)
                + " for another; expected as many for each.");
      }
      count = shape.size(0);
    }
    if (sorted.isEmpty()) {
      throw new EmbeddingException(name + " has no vectors.");
    }
    vectors = java.util.Collections.unmodifiableSortedMap(sorted);
  }

  /** Number of token positions in a prompt. */
  public int count() {
    return Math.toIntExact(vectors.values().iterator().next().shape().size(0));
  }

  /** The words that it stands for: its name, and the one of its file. */
  public List<String> words() {
    return token.filter(t -> !t.equals(name)).map(t -> List.of(name, t)).orElse(List.of(name));
  }

  /** The same vectors under another name. */
  public Embedding named(String other) {
    return new Embedding(other, token, vectors);
  }

  /** SHA-256 of the vectors, in hexadecimal; the same whatever file and layout they came in. */
  public String identity() {
    MessageDigest digest = Digests.sha256();
    vectors.forEach(
        (encoder, tensor) -> {
          digest.update(
              (encoder + "\0" + tensor.canonical() + "\0").getBytes(StandardCharsets.UTF_8));
          digest.update(tensor.bytes());
        });
    return Digests.hex(digest);
  }

  @Override
  public String toString() {
    return name + " " + vectors;
  }
}
