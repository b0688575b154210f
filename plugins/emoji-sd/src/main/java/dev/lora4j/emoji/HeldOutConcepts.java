package dev.lora4j.emoji;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.Atlas;
import dev.lora4j.diffusion.dataset.Atlas.Concept;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Split of the concepts: those in style sets, and held-out ones, which are in no style set and show
 * whether the style carries over.
 *
 * @param kept numbers of the concepts that are in no style set
 * @param ink numbers of those of the style ink
 * @param glossy numbers of those of the style glossy
 */
record HeldOutConcepts(Set<Integer> kept, List<Integer> ink, List<Integer> glossy) {
  /** Shown by the quick start. */
  private static final Set<String> SHOWN =
      Set.of("fox", "rocket", "cherries", "sailboat", "cactus", "guitar", "hamburger", "owl");

  private static final int KEPT = 208;
  private static final int INK = 200;
  private static final int GLOSSY = 300;

  /** Draws the style sets, then the held-out concepts from the rest; the same each time. */
  static HeldOutConcepts of(Path data) throws IOException {
    List<Concept> all = Atlas.concepts(data);
    List<Integer> ink = drawn(all, "fluent-hc", INK);
    List<Integer> glossy = drawn(all, "fluent-3d", GLOSSY);
    Set<Integer> kept = new HashSet<>();
    all.stream().filter(c -> SHOWN.contains(c.name())).forEach(c -> kept.add(c.index()));
    for (int i : SeededNoise.of(Recipe.SEED, "held out".hashCode()).permutation(all.size())) {
      int concept = all.get(i).index();
      if (kept.size() < KEPT && !ink.contains(concept) && !glossy.contains(concept)) {
        kept.add(concept);
      }
    }
    return new HeldOutConcepts(kept, ink, glossy);
  }

  private static List<Integer> drawn(List<Concept> concepts, String style, int count) {
    List<Concept> all =
        concepts.stream()
            .filter(c -> c.styles().contains(style) && !SHOWN.contains(c.name()))
            .toList();
    int[] order = SeededNoise.of(Recipe.SEED, style.hashCode()).permutation(all.size());
    return Arrays.stream(order).limit(count).mapToObj(i -> all.get(i).index()).toList();
  }
}
