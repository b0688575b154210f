package dev.lora4j.hub.listing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts of hubs and servers that anybody may have written. */
class ListedTextsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain text | plain text",
        "<p>a</p><p>b</p> | a~b",
        "a<br/>b<br>c | a~b~c",
        "<a href=\"javascript:x\">link</a> | link",
        "a &amp; b &lt;i&gt; &#65;&#x42; &unknown; | a & b <i> AB &unknown;",
        "<script>alert(1)</script>a<style>p{}</style> | a",
        "a<script>alert(1) | a",
        "<!-- hidden -->a<!-- b | a",
        "1 < 2 and 3 > 2 | 1 < 2 and 3 > 2",
        "&#1;&#27;[2J | [2J",
        "<img src=x onerror=alert(1)>a | a",
      })
  void descriptionsAreText(String html, String text) {
    assertEquals(text.replace('~', '\n'), PlainText.of(html));
  }

  @Test
  void longDescriptionsAreCut() {
    String text = PlainText.of("<p>" + "word ".repeat(100_000) + "</p>");
    assertTrue(text.length() <= 8001 && text.endsWith("…"), text.length() + " characters");
    long began = System.nanoTime();
    PlainText.of("<!--".repeat(200_000));
    PlainText.of("<script ".repeat(200_000));
    PlainText.of("&#".repeat(200_000));
    PlainText.of(" \n".repeat(200_000));
    assertTrue(System.nanoTime() - began < 5_000_000_000L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attachment; filename=\"a b.safetensors\" | a b.safetensors",
        "attachment; filename=a.safetensors | a.safetensors",
        "attachment; filename=a.safetensors; size=3 | a.safetensors",
        "attachment; filename=\"a\"; filename*=UTF-8''%E5%A2%A8+%2B.safetensors | 墨++.safetensors",
        "attachment; filename*=UTF-8''%zz | ''",
        "inline | ''",
        "'' | ''",
      })
  void serversNameFiles(String header, String name) {
    assertEquals(name, Disposition.fileName(header));
  }
}
