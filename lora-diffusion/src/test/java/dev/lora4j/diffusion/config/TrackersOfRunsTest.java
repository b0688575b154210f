package dev.lora4j.diffusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.train.log.RunStart;
import dev.lora4j.core.train.log.TrackedRun;
import dev.lora4j.core.train.log.Tracker;
import dev.lora4j.core.train.log.Trackers;
import dev.lora4j.diffusion.config.kohya.KohyaOptions;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.Setting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trackers with several settings on a command line. */
class TrackersOfRunsTest {
  /** Has two settings. */
  @Extension(point = Tracker.class, name = "test-noted", help = "Notes nothing")
  public record Noted(
      @Setting(help = "How many", defaultValue = "1") int pages,
      @Setting(help = "How", defaultValue = "many") String words)
      implements Tracker {
    @Override
    public TrackedRun begin(RunStart run) {
      throw new IllegalStateException("nothing begins here");
    }
  }

  private static RunValues values(String text) {
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    layers.setText("logging.trackers", text, "--set");
    return layers.values();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "csv,tensorboard|csv tensorboard",
        "test-noted:pages=9,words=few, csv|test-noted:pages=9,words=few csv",
        "csv,test-noted:pages=9,words=few|csv test-noted:pages=9,words=few",
        "['test-noted:pages=9,words=few', \"csv\"]|test-noted:pages=9,words=few csv",
      },
      quoteCharacter = '~')
  void settingsStayWithTheirTracker(String text, String trackers) {
    List<String> read = values(text).find(RunKeys.TRACKERS).orElseThrow();
    assertEquals(List.of(trackers.split(" ", -1)), read);
    assertEquals(read.size(), Trackers.named(read).size());
  }

  @Test
  void writtenTrackersReadBack() {
    RunValues said = values("csv,test-noted:pages=9,words=few");
    String written = RunKeys.TRACKERS.type().writing().apply(said.get(RunKeys.TRACKERS));
    assertEquals(said.get(RunKeys.TRACKERS), values(written).get(RunKeys.TRACKERS));
  }

  @Test
  void settingAfterTrackerWithoutSettingsIsRefused() {
    RunProblems refused = assertThrows(RunProblems.class, () -> values("csv,pages=9"));
    String told = String.valueOf(refused.getMessage());
    assertTrue(told.contains("There is no Tracker 'pages=9'"), told);
  }

  @Test
  void unknownTrackerSettingIsRefusedWithTheNearest() {
    List<String> read = values("csv,test-noted:pages=9,wrds=few").get(RunKeys.TRACKERS);
    Exception refused = assertThrows(ExtensionException.class, () -> Trackers.named(read));
    String told = String.valueOf(refused.getMessage());
    assertTrue(told.contains("test-noted") && told.contains("did you mean words"), told);
  }
}
