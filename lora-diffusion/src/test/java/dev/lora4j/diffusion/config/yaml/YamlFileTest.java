package dev.lora4j.diffusion.config.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.config.RunProblems;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values with their places, and texts that are refused with line and column. */
class YamlFileTest {
  private static YamlTable read(String text) {
    return YamlFile.read(text.replace("\\n", "\n").replace("\\t", "\t"), "run.yaml");
  }

  private static Object value(String text) {
    return read("key: " + text).entries().get("key").value();
  }

  /** As PyYAML with ai-toolkit's own rule for exponents reads them. */
  @Test
  void wordsHaveTheirMeaning() {
    assertEquals(1e-4, value("1e-4"));
    assertEquals(0.5, value(".5"));
    assertEquals(2000L, value("2000"));
    assertEquals(-1L, value("-1"));
    assertEquals(31L, value("0x1F"));
    assertEquals(true, value("yes"));
    assertEquals(false, value("Off"));
    assertEquals(Double.NEGATIVE_INFINITY, value("-.inf"));
    assertEquals("yEs", value("yEs"));
    assertEquals("yes", value("'yes'"));
    assertEquals("1e-4", value("\"1e-4\""));
    assertEquals("cuda:0", value("cuda:0"));
    assertSame(YamlTable.NONE, value("null"));
    assertSame(YamlTable.NONE, value("~"));
    assertSame(YamlTable.NONE, value(""));
    assertEquals(List.of(512L, 768L, "a"), value("[512, 768, a]"));
  }

  @Test
  void placesAreThoseOfTheKeys() {
    YamlTable table = read("a: 1\n# words\nb:\n  c: 2\n");
    assertEquals("run.yaml, line 3", table.find("b").orElseThrow().origin());
    YamlTable inner = table.table("b").orElseThrow();
    assertEquals("run.yaml, line 4", inner.find("c").orElseThrow().origin());
    assertTrue(read("a: null").find("a").isEmpty());
    assertTrue(read("a: null").entries().containsKey("a"));
  }

  @Test
  void aliasesAndMergesCountAsWhatTheyStandFor() {
    YamlTable table = read("a: &x {k: 1, m: 2}\nb: *x\nc:\n  <<: *x\n  m: 3\n");
    assertEquals(1L, table.table("b").orElseThrow().find("k").orElseThrow().value());
    YamlTable merged = table.table("c").orElseThrow();
    assertEquals(1L, merged.find("k").orElseThrow().value());
    assertEquals(3L, merged.find("m").orElseThrow().value());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: 1\\n\\tb: 2|run.yaml, line 2, column 1: a tab",
        "a:\\n  b: 1\\n c: 2|run.yaml, line 3, column 2: ",
        "a: [1, 2|run.yaml, line 1, column 9: ",
        "a: 1\\nb: 2\\na: 3|run.yaml, line 3, column 1: a is said twice, first in run.yaml, line 1",
        "a: 'open|run.yaml, line 1, column ",
        "a: *none|run.yaml, line 1, column 4: ",
        "[a]: 1|run.yaml, line 1, column 1: a key is a word",
        "a: !!python/object:os.system x|tag",
        "a: !mine x|run.yaml, line 1, column 4: the tag !mine is not read",
        "<<: 3|<< merges mappings",
        "- a\\n- b|run.yaml has no mapping",
        "a: 1\\n---\\nb: 2|run.yaml, line 2, column 1: ",
        "''|run.yaml has no mapping",
      })
  void wrongTextsAreRefusedWithTheirPlace(String text, String told) {
    RunProblems e = assertThrows(RunProblems.class, () -> read(text));
    assertTrue(String.valueOf(e.getMessage()).contains(told), e.getMessage());
  }

  @Test
  void repeatedAliasesAreBounded() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
      String before = "*a" + (i - 1);
      bomb.append("a").append(i).append(": &a").append(i).append(" [").append(before);
      bomb.append((", " + before).repeat(9)).append("]\n");
    }
    RunProblems e = assertThrows(RunProblems.class, () -> read(bomb.toString()));
    assertTrue(String.valueOf(e.getMessage()).contains("run.yaml, line "), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a: &x [*x]", "a: &x {b: *x}"})
  void anchorsThatContainThemselvesAreRefused(String text) {
    assertThrows(RunProblems.class, () -> read(text));
  }

  @Test
  void deepNestingIsRefusedBeforeItIsRead() {
    int deep = 200_000;
    RunProblems e =
        assertThrows(RunProblems.class, () -> read("a: " + "[".repeat(deep) + "]".repeat(deep)));
    assertTrue(String.valueOf(e.getMessage()).contains("nested deeper than 50"), e.getMessage());
  }
}
