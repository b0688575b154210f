package dev.lora4j.diffusion.dataset.caption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CaptionChecksTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "' ' # is empty",
        "a fox, https://example.org/fox # address of the web",
        "/home/me/fox.png # path of a file",
        "C:\\foxes\\fox.txt # path of a file",
        "fox_003.jpeg # path of a file",
        "a <b>fox</b> # markup",
        "a fox &amp; a hen # markup",
        "{\"caption\": \"fox\"} # JSON",
        "[\"fox\", \"hen\"] # JSON",
        "TODO # note to oneself",
        "todo: describe # note to oneself",
        "a fox, red, fox, RED # says 'red' more than once",
        "caf\u00c3\u00a9 # wrong encoding",
        "I'm sorry, I cannot describe this. # refusal",
        "a {red|blue fox # braces"
      })
  void suspiciousCaptionsAreReported(String caption, String expected) {
    List<String> found = CaptionChecks.of(caption, ",");
    assertEquals(1, found.size(), found::toString);
    assertTrue(found.get(0).contains(expected), found::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a fox, red fur, 1girl, 3/4 view, f/1.8",
        "a {red|blue} fox :3 <3 >_<",
        "todoroki shouto, and/or, a.k.a. the hen",
        "a man at a caf\u00e9, \u72d0"
      })
  void ordinaryCaptionsAreNotReported(String caption) {
    assertEquals(List.of(), CaptionChecks.of(caption, ","));
  }

  @Test
  void captionWithoutTheCommonTagIsReported() {
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      captions.add("sks, tag" + i);
    }
    captions.set(5, "skss, tag5");
    List<List<String>> lacking = CaptionChecks.lacking(captions, ",");
    assertEquals(List.of("sks"), lacking.get(5));
    assertEquals(List.of(), lacking.get(4));
    assertEquals(List.of(), CaptionChecks.lacking(captions.subList(0, 7), ",").get(5));
  }
}
