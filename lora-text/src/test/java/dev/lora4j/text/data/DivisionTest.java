package dev.lora4j.text.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Examples of any kind are held out as those of a data set are. */
class DivisionTest {
  private static final List<TextExample> ALL =
      IntStream.range(0, 20).<TextExample>mapToObj(i -> new TextExample.Plain("t" + i)).toList();

  @Test
  void isThatOfADataSet() {
    TextDataSet.Split expected = new TextDataSet(TextForm.TEXT, ALL).split(0.3, 5);
    Division<TextExample> found = Division.of(ALL, 0.3, 5);
    assertEquals(expected.training().examples(), found.learned());
    assertEquals(expected.validation().examples(), found.heldOut());
    assertEquals(6, found.heldOut().size());
  }

  @Test
  void leavesSomethingToLearn() {
    assertEquals(ALL, Division.of(ALL, 0, 5).learned());
    assertThrows(IllegalArgumentException.class, () -> Division.of(ALL, 0.99, 5));
  }
}
