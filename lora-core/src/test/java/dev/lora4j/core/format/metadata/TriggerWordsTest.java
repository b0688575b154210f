package dev.lora4j.core.format.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.metadata.TriggerWords.Source;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TriggerWordsTest {
  private static final String TAGS =
      "{\"10_sks fox\": {\"sks fox\": 20, \"1girl\": 11, \"tree\": 3}, \"1_more\": {\"1girl\": 2}}";

  private static TriggerWords of(Map<String, String> metadata) {
    return TriggerWords.of(new Metadata(metadata));
  }

  @Test
  void theSurestSourceIsTaken() {
    Map<String, String> metadata = new TreeMap<>();
    assertEquals(new TriggerWords(List.of(), Source.NONE), of(metadata));
    metadata.put("ss_dataset_dirs", "{\"10_sks fox\": {\"n_repeats\": 10, \"img_count\": 2}}");
    assertEquals(new TriggerWords(List.of("sks fox"), Source.FOLDERS), of(metadata));
    metadata.put("ss_tag_frequency", TAGS);
    assertEquals(new TriggerWords(List.of("sks fox", "1girl"), Source.TAGS), of(metadata));
    metadata.put("ss_training_comment", "use sks, fox");
    assertEquals(new TriggerWords(List.of("use sks", "fox"), Source.COMMENT), of(metadata));
    metadata.put("ssmd_keywords", "keyword");
    assertEquals(new TriggerWords(List.of("keyword"), Source.KEYWORDS), of(metadata));
    metadata.put("trained_words", "[\"one\", \"two\"]");
    assertEquals(new TriggerWords(List.of("one", "two"), Source.TRAINED_WORDS), of(metadata));
    metadata.put("modelspec.trigger_phrase", "in the style of sks");
    assertEquals(new TriggerWords(List.of("in the style of sks"), Source.PHRASE), of(metadata));
  }

  @Test
  void emptySourcesArePassedOver() {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("modelspec.trigger_phrase", "None");
    metadata.put("ss_training_comment", "x".repeat(100_000));
    metadata.put("ss_tag_frequency", "{}");
    metadata.put("ss_dataset_dirs", "{\"/data/5_ink drawing\": {}, \"no number\": {}}");
    assertEquals(new TriggerWords(List.of("ink drawing"), Source.FOLDERS), of(metadata));
  }

  @Test
  void damagedTagCountsAreReadInPart() {
    String cut = TAGS.substring(0, TAGS.indexOf("\"tree\"") + 3);
    TagCounts counts = TagCounts.of(cut);
    assertFalse(counts.whole());
    assertEquals(Map.of("sks fox", 20L, "1girl", 11L), counts.counts());
    assertTrue(TagCounts.of(TAGS).whole());
    for (String text :
        List.of("", "None", "[1, 2]", "{\"a\": 3}", "{\"a\": {\"b\": \"c\"}}", "\u0000")) {
      assertEquals(Map.of(), TagCounts.of(text).counts(), text);
    }
  }

  @Test
  void hostileNestingAndNumbersDoNoHarm() {
    String deep = "{\"a\": {\"b\": " + "[".repeat(1_000_000);
    assertFalse(TagCounts.of(deep).whole());
    String huge = "{\"a\": {\"b\": 1e999, \"c\": -5, \"d\": 1e30}}";
    TagCounts.of(huge).top(3);
    assertEquals(List.of("d"), TagCounts.of("{\"a\": {\"c\": -5, \"d\": 1e30}}").top(3));
  }

  @Test
  void sentencesAreCountedByTheirWords() {
    TagCounts counts =
        TagCounts.of("{\"f\": {\"a drawing of a fox\": 2, \"a drawing of the sea\": 1}}");
    assertEquals(List.of("drawing", "fox", "sea", "the"), counts.top(24));
  }

  @Test
  void twentyMegabytesOfMetadata() {
    StringBuilder json = new StringBuilder("{\"10_many\": {");
    for (int i = 0; json.length() < 20_000_000; i++) {
      json.append('"').append("tag ").append(i).append("\": ").append(1 + i % 7).append(", ");
    }
    json.append("\"sks\": 1000}}");
    TagCounts counts = TagCounts.of(json.toString());
    assertTrue(counts.whole());
    assertEquals(200_000, counts.counts().size());
    // The last tag comes after more different ones than are counted.
    json.insert(13, "\"sks\": 1, ");
    assertEquals("sks", of(Map.of("ss_tag_frequency", json.toString())).words().get(0));
  }

  @Test
  void provenanceInCommentsIsNoTriggerWord() {
    Map<String, String> said =
        Map.of(
            "dimension is resized from 16 to 8; use sks", "use sks",
            "Dynamic resize with sv_fro: 0.9 from 16; mean of trainings with seeds 1, 2; sks",
                "sks",
            "mean of trainings with seeds 1, 2; ", "",
            "mixed by svd:rank=8; weights 0.5, 0.5; seed 0", "",
            "extracted from a against b", "");
    said.forEach(
        (comment, words) ->
            assertEquals(
                words.isEmpty() ? List.of() : List.of(words),
                of(Map.of("ss_training_comment", comment)).words(),
                comment));
  }

  @Test
  void commentsOfAnyLengthAreRead() {
    String derived = "Dynamic resize with ; ".repeat(200_000);
    assertEquals(List.of(), of(Map.of("ss_training_comment", derived)).words());
    assertEquals(List.of("sks"), of(Map.of("ss_training_comment", derived + "sks")).words());
  }
}
