package dev.lora4j.emoji;

import dev.lora4j.core.train.Noise;
import dev.lora4j.diffusion.clip.ClipTokenizer;
import dev.lora4j.diffusion.dataset.Atlas.Concept;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Captions of one picture in many wordings: its name, at times with an article, some of its
 * keywords, or the name of its style; at times none, which is what guidance compares with.
 */
final class Captions {
  private static final double NONE = 0.1;
  private static final double ARTICLE = 0.4;
  private static final double KEYWORDS = 0.35;
  private static final double STYLE = 0.3;
  private static final int MOST_KEYWORDS = 2;

  private final ClipTokenizer tokenizer;
  private final Map<String, int[]> ids = new ConcurrentHashMap<>();

  Captions(ClipTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  int[] ids(Concept concept, String style, Noise noise) {
    return ids.computeIfAbsent(text(concept, style, noise), t -> tokenizer.encode(t).ids());
  }

  private static String text(Concept concept, String style, Noise noise) {
    if (noise.uniform() < NONE) {
      return "";
    }
    StringBuilder text = new StringBuilder(noise.uniform() < ARTICLE ? "a " : "");
    text.append(concept.name());
    if (noise.uniform() < KEYWORDS) {
      List<String> keywords = concept.keywords();
      int count = 1 + noise.index(MOST_KEYWORDS);
      for (int i = 0; i < count; i++) {
        text.append(", ").append(keywords.get(noise.index(keywords.size())));
      }
    }
    if (noise.uniform() < STYLE) {
      text.append(", ").append(style.replace('-', ' '));
    }
    return text.toString();
  }
}
