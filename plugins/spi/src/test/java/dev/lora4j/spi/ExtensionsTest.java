package dev.lora4j.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExtensionsTest {
  private final Extensions extensions = Extensions.of(getClass().getClassLoader());

  /** Listed in META-INF/services alone, as what is built without the processor is. */
  @Extension(point = Greeting.class, name = "polite", help = "greets politely")
  public record Polite(
      @Setting(help = "how often", defaultValue = "1", min = 1, max = 9) int timesOver,
      @Setting(help = "how", defaultValue = "plain") Tone tone,
      @Setting(help = "how loud", name = "volume", defaultValue = "inf", above = 0) double loudness,
      @Setting(help = "how warm", defaultValue = "0.5", min = 0, below = 1) double warmth,
      @Setting(help = "again", defaultValue = "false") boolean again,
      @Setting(
              help = "titles",
              defaultValue = {})
          List<String> titles)
      implements Greeting {
    /** How it sounds. */
    public enum Tone {
      PLAIN,
      VERY_WARM
    }

    /** Checks what no component can say alone. */
    public Polite {
      if (tone == Tone.VERY_WARM && timesOver > 3) {
        throw new IllegalArgumentException("times_over above 3 is too much for very_warm");
      }
    }

    @Override
    public String greet(String whom) {
      String how = loudness + " " + warmth + " " + again;
      return timesOver + " " + tone + " " + titles + " " + how + " " + whom;
    }
  }

  /** One without settings. */
  @Extension(point = Greeting.class, name = "short", help = "greets in a word")
  public static final class Brief implements Greeting {
    @Override
    public String greet(String whom) {
      return whom;
    }
  }

  @Test
  void settingsHaveDefaultsAndLenientSpellings() {
    assertEquals(
        "1 PLAIN [] Infinity 0.5 false x", extensions.make(Greeting.class, "polite").greet("x"));
    String text = "polite: times-over=2, tone=very_warm,titles=Dr Mrs,volume=3e1,again=1";
    assertEquals(
        "2 VERY_WARM [Dr, Mrs] 30.0 0.5 true x", extensions.make(Greeting.class, text).greet("x"));
    Map<String, Object> toml =
        Map.of("times_over", 3.0, "titles", List.of("Sir"), "volume", "Infinity", "again", 0L);
    assertEquals(
        "3 PLAIN [Sir] Infinity 0.5 false x",
        extensions.make(Greeting.class, new ExtensionRequest("polite", toml)).greet("x"));
    assertEquals("x", extensions.make(Greeting.class, "short").greet("x"));
  }

  @Test
  void extensionsOfAPointAreOrderedByName() {
    assertEquals(
        List.of("polite", "short"),
        extensions.list(Greeting.class).stream().map(i -> i.info().name()).toList());
    assertEquals(Set.of("polite", "short"), extensions.shared(Greeting.class).keySet());
    assertSame(
        extensions.shared(Greeting.class, "short"), extensions.shared(Greeting.class).get("short"));
    assertThrows(ExtensionException.class, () -> extensions.shared(Greeting.class, "none"));
    assertEquals(List.of(), extensions.list(Runnable.class));
    assertSame(extensions.shared(Greeting.class), extensions.shared(Greeting.class));
  }

  @Test
  void theSchemaHasRangesAndDefaults() {
    Map<String, Object> schema =
        SettingSchema.of(extensions.find(Greeting.class, "polite").get().info());
    Map<?, ?> properties = (Map<?, ?>) schema.get("properties");
    assertEquals(
        "{description=how often, type=integer, minimum=1.0, maximum=9.0, default=1}",
        properties.get("times_over").toString());
    assertEquals(
        "{description=how loud, type=number, exclusiveMinimum=0.0}",
        properties.get("volume").toString());
    assertEquals(
        "{description=how warm, type=number, minimum=0.0, exclusiveMaximum=1.0, default=0.5}",
        properties.get("warmth").toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "polite:timesover=2 | has no setting timesover, did you mean times_over? It has times_over, tone",
        "polite:loudness=2 | has no setting loudness; it has times_over, tone",
        "polite:volume=0 | volume takes a number above 0, found '0'",
        "polite:volume=-inf | volume takes a number above 0, found '-inf'",
        "polite:volume=NaN | volume takes a number above 0, found 'NaN'",
        "polite:warmth=1 | warmth takes a number from 0 to below 1, found '1'",
        "polite:warmth=-0.1 | warmth takes a number from 0 to below 1",
        "polite:again=2 | again takes true or false, found '2'",
        "polite:times_over=2.5 | times_over takes a whole number from 1 to 9, found '2.5'",
        "polite:times_over=1e99 | times_over takes a whole number from 1 to 9, found '1e99'",
        "polite:times_over=0 | times_over takes a whole number from 1 to 9, found '0'",
        "polite:times_over=two | times_over takes a whole number from 1 to 9, found 'two'",
        "polite:times_over=2,times-over=3 | sets times_over twice",
        "polite:tone=cold | tone takes one of plain, very_warm, found 'cold'",
        "polite:tone=very_warm,times_over=4 | polite: times_over above 3 is too much",
        "polite:times_over=0,x=1 | has no setting x",
        "polite:times_over=0,x=1 | times_over takes",
        "polite:times_over | Settings are written NAME:KEY=VALUE",
        "polite:tone=plain,tone=plain | sets tone twice",
        "short:loud=true | short: has no setting loud, nor any other",
        "polit | There is no Greeting 'polit'. Did you mean polite? There are polite, short.",
        "entirely-other | There is no Greeting 'entirely-other'. There are polite, short.",
      })
  void invalidRequestsAreRefusedByName(String request, String message) {
    ExtensionException thrown =
        assertThrows(ExtensionException.class, () -> extensions.make(Greeting.class, request));
    assertTrue(thrown.getMessage().contains(message), thrown.getMessage());
  }

  @Test
  void elementsOfListsMayHaveBlanks() {
    String text = "polite:titles=\"Herr, Dr\" a=\"b c\" 5\"x7\" \"\",again=1";
    Greeting made = extensions.make(Greeting.class, text);
    assertEquals("1 PLAIN [Herr, Dr, a=b c, 5\"x7\", ] Infinity 0.5 true x", made.greet("x"));
    for (List<String> titles :
        List.of(List.of("Herr Dr", "Mrs"), List.of("a \"b\" c", "\""), List.of(" ", ""))) {
      Map<String, Object> toml = Map.of("titles", titles);
      ExtensionRequest request = new ExtensionRequest("polite", toml);
      Greeting polite = extensions.make(Greeting.class, request);
      assertEquals(titles, ((Polite) polite).titles());
      assertEquals(polite, extensions.make(Greeting.class, request.text()));
      assertEquals(polite, extensions.make(Greeting.class, ExtensionRequest.of(polite)));
    }
  }

  @Test
  void aListIsNoNumberAndNoWord() {
    for (String key : List.of("warmth", "tone", "again", "times_over")) {
      ExtensionRequest request = new ExtensionRequest("polite", Map.of(key, List.of(0.5)));
      ExtensionException refused =
          assertThrows(ExtensionException.class, () -> extensions.make(Greeting.class, request));
      assertTrue(refused.getMessage().contains(key + " takes "), refused.getMessage());
      assertTrue(refused.getMessage().contains("found '[0.5]'"), refused.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'[0.1,0.2)',0.1,true",
    "'[0.1,0.2)',0.1.7,true",
    "'[0.1,0.2)',0.2,false",
    "'[0.1,2)',1.9,true",
    "'[0.2,0.3)',0.1,false",
    "0.1,0.1,true",
    "0.1,0.1.3,true",
    "0.1,0.10,false",
    "1,0.1,false",
    "'[0.9,0.11)',0.10,true",
    "'[0.9,0.11)',0.9,true",
    "'[0.1.0,0.2.0)',0.1,true",
    "'[0.1.0,0.2.0)',0.2,false",
    "'[0.1.1,0.2)',0.1,false",
    "'[0, 1)',0.1,true",
    "'[ 0.1 , 0.2 )',0.1,true",
    "'[0.1,99999999999)',0.1,true",
    "99999999999,0.1,false",
    "0.1.0,0.1,true",
    "0.1.0,0.1.3,false",
    "0.1.2,0.1,false"
  })
  void rangesOfVersions(String range, String version, boolean within) {
    assertEquals(within, new ApiRange(range).includes(version));
  }
}
