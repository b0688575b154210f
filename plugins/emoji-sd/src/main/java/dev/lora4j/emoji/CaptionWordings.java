package dev.lora4j.emoji;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.clip.ClipTokenizer;
import dev.lora4j.diffusion.config.BaseRun;
import dev.lora4j.diffusion.dataset.Atlas.Concept;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Captions of one picture in many wordings: its name, at times with an article, some of its
 * keywords, or the name of its style; at times none, which is what guidance compares with.
 */
final class CaptionWordings {
  private static final int MOST_KEYWORDS = 2;

  private final ClipTokenizer tokenizer;
  private final BaseRun.CaptionShares shares;
  private final Map<String, int[]> ids = new ConcurrentHashMap<>();

  CaptionWordings(ClipTokenizer tokenizer, BaseRun.CaptionShares shares) {
    this.tokenizer = tokenizer;
    this.shares = shares;
  }

  int[] ids(Concept concept, String style, SeededNoise noise) {
    return ids.computeIfAbsent(text(concept, style, noise), t -> tokenizer.encode(t).ids());
  }

  /** Position of the end of a caption. */
  int end(int[] ids) {
    return tokenizer.end(ids);
  }

  private String text(Concept concept, String style, SeededNoise noise) {
    if (noise.uniform() < shares.none()) {
      return "";
    }
    StringBuilder text = new StringBuilder(noise.uniform() < shares.article() ? "a " : "");
    text.append(concept.name());
    List<String> keywords = concept.keywords();
    if (noise.uniform() < shares.keywords() && !keywords.isEmpty()) {
      int count = 1 + noise.index(MOST_KEYWORDS);
      for (int i = 0; i < count; i++) {
        text.append(", ").append(keywords.get(noise.index(keywords.size())));
      }
    }
    if (noise.uniform() < shares.style()) {
      text.append(", ").append(style.replace('-', ' '));
    }
    return text.toString();
  }
}
