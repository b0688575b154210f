package dev.lora4j.diffusion.dataset.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BucketingTest {
  private static final Path GOLDEN = Path.of("src/test/resources/data-set/buckets.json");

  private static JsonArray cases() throws IOException {
    return JsonParser.parseString(Files.readString(GOLDEN)).getAsJsonArray();
  }

  private static Bucketing bucketing(JsonObject said, boolean noUpscale) {
    return new Bucketing(
        bucket(said.get("resolution")),
        true,
        said.get("least").getAsInt(),
        said.get("most").getAsInt(),
        said.get("step").getAsInt(),
        noUpscale);
  }

  private static Bucket bucket(JsonElement pair) {
    JsonArray sides = pair.getAsJsonArray();
    return new Bucket(sides.get(0).getAsInt(), sides.get(1).getAsInt());
  }

  @Test
  void theSizesAreKohyas() throws IOException {
    for (JsonElement one : cases()) {
      JsonObject said = one.getAsJsonObject();
      List<Bucket> expected =
          said.getAsJsonArray("sizes").asList().stream().map(BucketingTest::bucket).toList();
      assertEquals(expected, bucketing(said, false).all());
      assertEquals(List.of(), bucketing(said, false).mistakes());
    }
  }

  @Test
  void picturesComeIntoKohyasBuckets() throws IOException {
    int compared = 0;
    for (JsonElement one : cases()) {
      JsonObject said = one.getAsJsonObject();
      for (JsonElement row : said.getAsJsonArray("pictures")) {
        JsonObject picture = row.getAsJsonObject();
        Bucket size = bucket(picture.get("size"));
        BucketFit covering = bucketing(said, false).fit(size.width(), size.height());
        assertEquals(bucket(picture.get("bucket")), covering.bucket(), row::toString);
        assertEquals(bucket(picture.get("resized")), resized(covering), row::toString);
        BucketFit shrunk = bucketing(said, true).fit(size.width(), size.height());
        assertEquals(bucket(picture.get("shrunk")), shrunk.bucket(), row::toString);
        assertEquals(bucket(picture.get("kept")), resized(shrunk), row::toString);
        assertTrue(covering.spareX() >= 0 && covering.spareY() >= 0);
        compared++;
      }
    }
    assertEquals(36, compared);
  }

  private static Bucket resized(BucketFit fit) {
    return new Bucket(fit.width(), fit.height());
  }

  @Test
  void oneSizeForAllCutsTheMiddle() {
    BucketFit fit = Bucketing.fixed(64, 64).fit(200, 100);
    assertEquals(new BucketFit(new Bucket(64, 64), 128, 64, 0.64), fit);
    assertEquals(0.5, fit.keptArea());
  }

  @Test
  void sidesAreRoundedToTheStep() {
    Bucketing said = new Bucketing(new Bucket(512, 512), true, 300, 1000, 64, false);
    assertEquals(new Bucketing(new Bucket(512, 512), true, 256, 1024, 64, false), said.stepped());
    Bucketing low = new Bucketing(new Bucket(512, 512), true, 32, 1024, 64, false);
    assertEquals(64, low.stepped().least());
  }

  @Test
  void mistakesAreReportedTogether() {
    Bucketing wrong = new Bucketing(new Bucket(512, 512), true, 600, 400, 12, false);
    assertEquals(4, wrong.mistakes().size(), wrong.mistakes()::toString);
    assertTrue(wrong.mistakes().get(0).contains("bucket_reso_steps is 12"));
  }
}
