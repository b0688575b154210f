package dev.lora4j.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.spi.ExtensionsTest.Brief;
import dev.lora4j.spi.ExtensionsTest.Polite;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtensionRequestTest {
  private final Extensions extensions = Extensions.of(getClass().getClassLoader());

  @Test
  void valuesMayHaveCommas() {
    assertEquals(
        Map.of("blocks", "1,0,0.5 BASE:1", "ratio", "2"),
        ExtensionRequest.parse("lbw: blocks=1,0, 0.5 BASE:1, ratio=2").settings());
    assertEquals(
        Map.of("blocks", "ink=1,0 glow=0,1", "ratio", "2"),
        ExtensionRequest.parse("lbw:blocks=ink=1,0 glow=0,1, ratio=2").settings());
  }

  @Test
  void quotedValuesAreNotSplit() {
    assertEquals(
        Map.of("courses", "\"Detail, v=2\"=late ink=early", "n", "1"),
        ExtensionRequest.parse("s:courses=\"Detail, v=2\"=late ink=early,n=1").settings());
    assertEquals(
        List.of("csv", "note:to=\"a, b=1\",n=2"),
        ExtensionRequest.split("csv,note:to=\"a, b=1\", n=2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lbw:", "lbw:1,2", "lbw:=3", "lbw:a=1,=2", "lbw:a=1,a=2"})
  void otherFormsAreRefused(String text) {
    Exception refused = assertThrows(ExtensionException.class, () -> ExtensionRequest.parse(text));
    assertTrue(String.valueOf(refused.getMessage()).contains(text), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "csv|csv",
        "csv,chart|csv chart",
        "csv, diary:fails=2 , chart|csv diary:fails=2 chart",
        "diary:fails=2,pages=9|diary:fails=2,pages=9",
        "diary:fails=2, pages=9, csv|diary:fails=2,pages=9 csv",
        "csv,diary:fails=2,pages=9,note:a=1,b=2,chart|csv diary:fails=2,pages=9 note:a=1,b=2 chart",
        // Nothing before it has settings, or it has a name of its own.
        "csv,pages=9|csv pages=9",
        "pages=9,csv|pages=9 csv",
        "diary:fails=2,note:pages=9|diary:fails=2 note:pages=9",
        "diary:fails=,pages=a:b=c|diary:fails=,pages=a:b=c",
      })
  void settingsStayWithTheirRequest(String text, String requests) {
    assertEquals(List.of(requests.split(" ", -1)), ExtensionRequest.split(text));
  }

  /** Everything that was set, and everything that was not. */
  @Test
  void extensionsRequestMakesItAgain() {
    Polite polite = new Polite(2, Polite.Tone.VERY_WARM, 0.25, 0.125, true, List.of("Dr", "Mrs"));
    ExtensionRequest request = ExtensionRequest.of(polite);
    assertEquals(
        "polite:times_over=2,tone=very_warm,volume=0.25,warmth=0.125,again=true,titles=Dr Mrs",
        request.text());
    assertEquals(request, ExtensionRequest.parse(request.text()));
    assertEquals(polite, extensions.make(Greeting.class, request));
    Polite plain = new Polite(1, Polite.Tone.PLAIN, Double.POSITIVE_INFINITY, 0, false, List.of());
    assertEquals(
        "polite:times_over=1,tone=plain,volume=Infinity,warmth=0,again=false",
        ExtensionRequest.of(plain).text());
    assertEquals(plain, extensions.make(Greeting.class, ExtensionRequest.of(plain)));
    assertEquals("short", ExtensionRequest.of(new Brief()).text());
    Exception refused =
        assertThrows(ExtensionException.class, () -> ExtensionRequest.of("no extension"));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("java.lang.String"), refused.getMessage());
  }
}
