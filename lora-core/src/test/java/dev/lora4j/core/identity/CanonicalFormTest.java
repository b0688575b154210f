package dev.lora4j.core.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CanonicalFormTest {
  @Test
  void fieldsKeepTheirOrder() {
    CanonicalForm form = CanonicalForm.of("Size").with("width", 3).with("height", 2L);
    assertEquals("Size[width=3, height=2]", form.text());
    assertEquals("Size[]", CanonicalForm.of("Size").text());
  }

  @Test
  void laterFieldsCountOnlyWithAnotherValue() {
    CanonicalForm form = CanonicalForm.of("Size").with("width", 3);
    assertEquals(form.text(), form.with("shift", 0.0, 0.0).text());
    assertEquals("Size[width=3, shift=0.5]", form.with("shift", 0.5, 0.0).text());
  }

  @Test
  void aFormDoesNotChange() {
    CanonicalForm form = CanonicalForm.of("Size").with("width", 3);
    form.with("height", 2);
    assertEquals("Size[width=3]", form.text());
  }

  @Test
  void valuesHaveTheTextsOfEarlierFiles() {
    Canonical own = () -> "its own";
    Map<Object, String> texts =
        Map.ofEntries(
            Map.entry(own, "its own"),
            Map.entry("a text", "a text"),
            Map.entry(-7, "-7"),
            Map.entry(1L << 40, "1099511627776"),
            Map.entry(8.5e-4, "8.5E-4"),
            Map.entry(true, "true"),
            Map.entry(TimeUnit.SECONDS, "SECONDS"),
            Map.entry(List.of(1, List.of(own), 2.0), "[1, [its own], 2.0]"),
            Map.entry(Map.of("a", 0.5), "{a=0.5}"),
            Map.entry(Optional.of(own), "Optional[its own]"),
            Map.entry(Optional.empty(), "Optional.empty"),
            Map.entry(OptionalInt.of(4), "OptionalInt[4]"),
            Map.entry(OptionalInt.empty(), "OptionalInt.empty"),
            Map.entry(OptionalDouble.of(1e-5), "OptionalDouble[1.0E-5]"),
            Map.entry(OptionalDouble.empty(), "OptionalDouble.empty"));
    texts.forEach((value, text) -> assertEquals(text, CanonicalForm.text(value)));
  }

  /** A plug-in's settings, whose names are its own. */
  public record Turning(double angle, List<Integer> axes) {}

  private record Hidden(int size) {}

  @Test
  void extensionFormIsClassNameAndComponents() {
    Object turning = new Turning(0.5, List.of(0, 2));
    assertEquals("Turning[angle=0.5, axes=[0, 2]]", CanonicalForm.ofExtension(turning));
    assertEquals("Hidden[size=3]", CanonicalForm.ofExtension(new Hidden(3)));
    assertEquals("CanonicalFormTest[]", CanonicalForm.ofExtension(this));
  }

  /** Two of them may differ in their fields, so a run would resume with another. */
  @Test
  void aClassWithFieldsIsRefused() {
    class Sized {
      private final int size = List.of().size();

      @Override
      public String toString() {
        return "Sized by " + size;
      }
    }
    String told =
        assertThrows(IllegalArgumentException.class, () -> CanonicalForm.ofExtension(new Sized()))
            .getMessage();
    assertTrue(told.endsWith("make it a record of them, or implement canonical()."), told);
  }

  /** Where {@link Object#toString} would be taken, a change of it would lose files. */
  @Test
  void otherValuesAreRefused() {
    record Unknown(int size) {}
    for (Object value : List.of(new Unknown(1), new Object(), Set.of(1), List.of(1f))) {
      String told =
          assertThrows(IllegalArgumentException.class, () -> CanonicalForm.text(value))
              .getMessage();
      assertTrue(told.endsWith(" has no canonical text."), told);
    }
  }
}
