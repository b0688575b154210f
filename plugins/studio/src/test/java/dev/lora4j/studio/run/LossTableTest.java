package dev.lora4j.studio.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of trainings that grow, are replaced, or are damaged. */
class LossTableTest {
  private static final String HEADING =
      "step,loss,gradient_norm,learning_rate,validation_loss,seconds\n";

  @TempDir private Path folder;

  private Path table() {
    return folder.resolve("log.csv");
  }

  private void append(String text) throws IOException {
    Files.writeString(table(), text, StandardOpenOption.APPEND, StandardOpenOption.CREATE);
  }

  private static String row(int step, double loss) {
    return step + "," + loss + ",1,0.1,," + step * 0.5 + "\n";
  }

  private static int size(LossTable table) throws IOException {
    return table.look(LossRows::size);
  }

  @Test
  void onlyWhatWasAddedIsRead() throws IOException {
    LossTable table = new LossTable(table());
    assertEquals(0, size(table), "there is none yet");
    append(HEADING + row(1, 0.5));
    assertEquals(1, size(table));
    // What was read is not looked at again: the same length, other numbers.
    byte[] before = Files.readAllBytes(table());
    try (var channel = Files.newByteChannel(table(), StandardOpenOption.WRITE)) {
      channel.position(before.length - 5);
      channel.write(ByteBuffer.wrap("9".getBytes(StandardCharsets.UTF_8)));
    }
    append("2,0.25,1,0.1,0.75");
    assertEquals(1, size(table), "the second row is not whole");
    append(",1.5\n" + row(3, 0.125));
    assertEquals(3, size(table));
    assertEquals(0.5f, (float) table.look(rows -> rows.number(0, LossRows.LOSS)));
    assertEquals(0.75f, (float) table.look(rows -> rows.number(1, LossRows.VALIDATION)));
  }

  @Test
  void aTableThatIsReplacedIsReadAnew() throws IOException {
    LossTable table = new LossTable(table());
    append(HEADING + row(1, 0.5) + row(2, 0.25) + row(3, 0.125));
    assertEquals(3, size(table));
    Path other = folder.resolve("other");
    Files.writeString(other, HEADING + row(1, 4) + row(2, 3) + row(3, 2) + row(4, 1));
    Files.move(other, table(), StandardCopyOption.REPLACE_EXISTING);
    assertEquals(4f, (float) table.look(rows -> rows.number(0, LossRows.LOSS)));
    assertEquals(4, size(table));
    Files.delete(table());
    assertEquals(0, size(table));
  }

  @Test
  void strangeLinesAreLeftOut() throws IOException {
    LossTable table = new LossTable(table());
    append("nothing\n" + HEADING + "1,,NaN,0.1,Infinity,0\n2,a,b,c,d,e\n3,1\n1,5,5,5,5,5\n");
    append(row(7, 0.5));
    assertEquals(2, size(table));
    LossSummary summary = table.look(LossSummary::of);
    assertEquals(7, summary.step());
    assertEquals(0.5f, summary.smoothed());
    assertTrue(Float.isNaN(summary.validation()));
  }

  @Test
  void fewRowsOfManyKeepEverySpike() throws IOException {
    StringBuilder text = new StringBuilder(HEADING);
    for (int step = 1; step <= 100_000; step++) {
      double loss = step == 51_234 ? 9 : step == 77_777 ? -9 : Math.sin(step / 5000.0);
      String validation = step % 10 == 0 ? Double.toString(step == 33_330 ? 8 : 0.5) : "";
      text.append(step).append(',').append(loss).append(",1,0.1,").append(validation);
      text.append(',').append(step * 0.01).append('\n');
    }
    append(text.toString());
    LossTable table = new LossTable(table());
    int[] steps =
        table.look(rows -> Arrays.stream(ThinnedRows.of(rows, 0)).map(rows::step).toArray());
    assertTrue(steps.length <= ThinnedRows.MOST, steps.length + " rows");
    assertTrue(steps.length > ThinnedRows.MOST / 2, steps.length + " rows");
    for (int kept : new int[] {1, 33_330, 51_234, 77_777, 100_000}) {
      assertTrue(Arrays.binarySearch(steps, kept) >= 0, kept + " is left out");
    }
    int[] newest =
        table.look(
            rows ->
                Arrays.stream(ThinnedRows.of(rows, rows.after(99_990))).map(rows::step).toArray());
    assertEquals(10, newest.length);
    LossSummary summary = table.look(LossSummary::of);
    assertEquals(0.5f, summary.best());
    assertEquals(10, summary.bestStep());
    assertEquals(0.01f, summary.secondsPerStep(), 1e-3f);
  }
}
