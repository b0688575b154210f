package dev.lora4j.diffusion.dataset.caption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.train.SeededNoise;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CaptionRecipeTest {
  private static final int DRAWS = 400;

  /** Settings by name, which the record has too many of to be read by position. */
  private static final class With {
    private String prefix = "";
    private String suffix = "";
    private String trigger = "";
    private String separator = ",";
    private String second = "";
    private boolean shuffle;
    private int keep;
    private String keepSeparator = "";
    private double dropout;
    private int dropoutEpochs;
    private double tagDropout;
    private boolean wildcards;

    CaptionRecipe recipe() {
      return new CaptionRecipe(
          new CaptionSettings(
              prefix,
              suffix,
              trigger,
              separator,
              second,
              shuffle,
              keep,
              keepSeparator,
              dropout,
              dropoutEpochs,
              tagDropout,
              wildcards));
    }

    Set<String> all(String caption) {
      Set<String> all = new TreeSet<>();
      for (int i = 0; i < DRAWS; i++) {
        all.add(recipe().caption(caption, 0, SeededNoise.of(1, i)));
      }
      return all;
    }
  }

  @Test
  void captionStaysAsWrittenByDefault() {
    assertEquals(Set.of("a fox ,  at night"), new With().all("a fox ,  at night"));
  }

  @Test
  void firstLineCountsWithoutWildcards() {
    assertEquals(Set.of("a {b|c}"), new With().all("a {b|c}\nd"));
  }

  @Test
  void wildcardsChooseLinesAndWords() {
    With with = new With();
    with.wildcards = true;
    assertEquals(Set.of("a b", "a c", "{d}"), with.all("a {b|c}\n\n{{d}}"));
  }

  @Test
  void prefixAndSuffixStandAround() {
    With with = new With();
    with.prefix = "photo of";
    with.suffix = "in oil";
    assertEquals(Set.of("photo of a fox in oil"), with.all("a fox"));
    assertEquals(Set.of("photo of in oil"), with.all(""));
  }

  @Test
  void shufflingKeepsTheFirstTags() {
    With with = new With();
    with.shuffle = true;
    with.keep = 1;
    assertEquals(
        Set.of("a, b, c, d", "a, b, d, c", "a, c, b, d", "a, c, d, b", "a, d, b, c", "a, d, c, b"),
        with.all("a,b, c ,d"));
  }

  @Test
  void keepSeparatorFixesTagsBeforeAndAfter() {
    With with = new With();
    with.shuffle = true;
    with.keepSeparator = "|||";
    assertEquals(Set.of("a, b, c, d, e", "a, b, d, c, e"), with.all("a, b ||| c, d ||| e"));
    with.shuffle = false;
    assertEquals(Set.of("a, b, c, d, e"), with.all("a, b ||| c, d ||| e"));
  }

  @Test
  void secondarySeparatorKeepsTagsTogether() {
    With with = new With();
    with.shuffle = true;
    with.second = ";;;";
    assertEquals(Set.of("red,fox, night", "night, red,fox"), with.all("red;;;fox, night"));
  }

  @Test
  void tagDropoutSparesTheFirstTags() {
    With with = new With();
    with.tagDropout = 0.5;
    with.keep = 1;
    assertEquals(Set.of("a", "a, b", "a, b, c", "a, c"), with.all("a, b, c"));
  }

  @Test
  void captionDropoutHasItsProbability() {
    With with = new With();
    with.dropout = 0.25;
    int empty = 0;
    for (int i = 0; i < DRAWS; i++) {
      empty += with.recipe().caption("a", 0, SeededNoise.of(5, i)).isEmpty() ? 1 : 0;
    }
    assertEquals(0.25, empty / (double) DRAWS, 0.06);
  }

  @Test
  void everyThirdEpochHasNoCaptions() {
    With with = new With();
    with.dropoutEpochs = 3;
    StringBuilder seen = new StringBuilder();
    for (int epoch = 0; epoch < 6; epoch++) {
      seen.append(with.recipe().caption("a", epoch, SeededNoise.of(1))).append('.');
    }
    assertEquals("a.a..a.a..", seen.toString());
  }

  @Test
  void triggerIsInsertedAndNeverDropped() {
    With with = new With();
    with.trigger = "sks style";
    assertEquals(Set.of("sks style, a fox"), with.all("a fox"));
    assertEquals(Set.of("a fox in sks style"), with.all("a fox in [trigger]"));
    assertEquals(Set.of("sks style fox"), with.all("sks style fox"));
    with.shuffle = true;
    with.tagDropout = 0.9;
    assertTrue(with.all("a, b").stream().allMatch(c -> c.startsWith("sks style")));
  }

  @Test
  void triggerIsFoundAsWholeWords() {
    With with = new With();
    with.trigger = "ink";
    assertEquals(Set.of("ink, a pink fox"), with.all("a pink fox"));
    assertEquals(Set.of("an Ink fox"), with.all("an Ink fox"));
    assertEquals(Set.of("a fox, ink"), with.all("a fox, ink"));
    with.trigger = "<ink>";
    assertEquals(Set.of("a<ink>fox"), with.all("a<ink>fox"));
    with.trigger = "ink";
    with.prefix = "an ink drawing of";
    assertEquals(Set.of("an ink drawing of a fox"), with.all("a fox"));
  }

  @Test
  void triggerSurvivesShufflingAnywhere() {
    With with = new With();
    with.trigger = "zkw, ink style";
    with.shuffle = true;
    assertEquals(
        Set.of("zkw, ink style, a, b", "zkw, ink style, b, a"), with.all("a, b"), "in front");
    assertEquals(
        Set.of("a, in zkw, ink style, b", "b, in zkw, ink style, a"),
        with.all("a, in [trigger], b"));
    with.tagDropout = 1;
    assertEquals(Set.of("zkw, ink style"), with.all("a, b"));
    with.prefix = "best quality, masterpiece,";
    with.keep = 1;
    assertEquals(Set.of("best quality, zkw, ink style"), with.all("a, b"));
  }

  @Test
  void tagsAreJoinedAsSdScriptsDo() {
    With with = new With();
    with.separator = ";";
    with.shuffle = true;
    with.keep = 2;
    assertEquals(Set.of("a, b"), with.all("a; b"));
  }

  @Test
  void emptyLinesAreNoCaptions() {
    With with = new With();
    with.wildcards = true;
    with.trigger = "zkw";
    with.prefix = "photo of";
    assertEquals(Set.of("photo of zkw, a", "photo of zkw, b"), with.all("a\n\n  \nb"));
    assertEquals(Set.of("photo of zkw"), with.all(" \n"));
  }

  @Test
  void plainCaptionTakesTheFirstChoices() {
    With with = new With();
    assertEquals("a {b|c}", with.recipe().plain("a {b|c}"));
    with.wildcards = true;
    assertEquals("a b {d}", with.recipe().plain("a {b|c} {{d}}\ne"));
  }

  @Test
  void longestCaptionsCoverEveryLineAndChoice() {
    With with = new With();
    assertEquals(List.of("a {b|cc}"), with.recipe().longest("a {b|cc}\nlonger"));
    with.wildcards = true;
    assertEquals(List.of("a cc", "longer"), with.recipe().longest("a {b|cc}\nlonger"));
  }

  @Test
  void plainCaptionHasAllTags() {
    With with = new With();
    with.shuffle = true;
    with.tagDropout = 1;
    with.dropout = 1;
    with.trigger = "sks";
    with.keepSeparator = "|||";
    assertEquals("sks, a, b, c", with.recipe().plain("a ||| b, c\nother"));
  }
}
