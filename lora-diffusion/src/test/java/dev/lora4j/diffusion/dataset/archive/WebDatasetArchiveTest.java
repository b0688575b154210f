package dev.lora4j.diffusion.dataset.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebDatasetArchiveTest {
  @TempDir private Path temporary = Path.of("");

  private UnpackedFolder unpacked(Path shard) throws IOException {
    return TestUnpacking.in(temporary.resolve("cache")).of(shard);
  }

  private Map<String, String> content(TestTar tar) throws IOException {
    return TestUnpacking.content(unpacked(tar.at(temporary.resolve("a.tar"))).folder());
  }

  @Test
  void shardOfImg2datasetIsAFolder() throws IOException {
    UnpackedFolder folder = unpacked(Path.of("src/test/resources/archives/00000.tar"));
    assertEquals(
        Map.of(
            "000000000.jpg", "1002 bytes",
            "000000000.txt", "a red fox in the snow",
            "000000001.jpg", "1019 bytes",
            "000000001.txt", "une for\u00eat en \u00e9t\u00e9",
            "000000002.jpg", "1004 bytes"),
        TestUnpacking.content(folder.folder()));
    assertEquals(3, folder.pictures());
    assertEquals("00000", folder.folder().getFileName().toString());
    assertEquals(
        List.of("has 1 member that is not used: 1 of .json without a caption."), folder.notes());
  }

  @Test
  void pictureHasTheBytesOfItsMember() throws IOException {
    Path folder =
        unpacked(new TestTar().pair("fox", 1, "a").at(temporary.resolve("a.tar"))).folder();
    assertArrayEquals(TestTar.png(1), Files.readAllBytes(folder.resolve("fox.png")));
  }

  @Test
  void textWinsOverCaptionOverJsonInAnyOrder() throws IOException {
    byte[] png = TestTar.png(1);
    Map<String, String> content =
        content(
            new TestTar()
                .text("1.json", "{\"caption\": \"json\"}")
                .text("1.caption", "caption")
                .text("1.txt", "txt")
                .member("1.png", png)
                .member("2.png", png)
                .text("2.txt", "txt")
                .text("2.json", "{\"text\": \"json\"}")
                .text("2.caption", "caption")
                .text("3.json", "{\"prompt\": \"json\", \"caption\": 4}")
                .member("3.PNG", png)
                .text("3.caption", "caption")
                .text("4.json", "{\"prompt\": \"prompt\", \"text\": \"text\"}")
                .member("4.png", png));
    assertEquals("txt", content.get("1.txt"));
    assertEquals("txt", content.get("2.txt"));
    assertEquals("caption", content.get("3.txt"));
    assertEquals("text", content.get("4.txt"));
    assertEquals(8, content.size(), content.toString());
  }

  @Test
  void keyEndsAtTheFirstDotOfTheLastPart() throws IOException {
    Map<String, String> content =
        content(
            new TestTar()
                .member("v1.5/fox.png", TestTar.png(1))
                .text("v1.5/fox.txt", "a fox")
                .member("./cat.png", TestTar.png(2))
                .member("v1.5/fox.seg.png", TestTar.png(3)));
    assertEquals(java.util.Set.of("fox.png", "fox.txt", "cat.png"), content.keySet());
  }

  @Test
  void unusedMembersAreToldOnceByTheirEndings() throws IOException {
    TestTar tar = new TestTar();
    for (int i = 0; i < 3; i++) {
      tar.pair("k" + i, i, "a")
          .text("k" + i + ".cls", "7")
          .member("k" + i + ".seg.png", new byte[5]);
    }
    tar.text("README", "hello").text("._k0.png", "of macOS").text("k0.json", "[1, 2]");
    UnpackedFolder folder = unpacked(tar.at(temporary.resolve("a.tar")));
    assertEquals(
        List.of(
            "has 9 members that are not used: 3 of .cls, 1 of .json without a caption, 3 of"
                + " .seg.png, 1 of hidden files, 1 of no ending."),
        folder.notes());
  }

  @Test
  void gzipIsReadWhateverTheNameSays() throws IOException {
    byte[] tar = new TestTar().pair("fox", 1, "a fox").bytes();
    for (String name : List.of("a.tar.gz", "b.tgz", "c.tar")) {
      Path file = Files.write(temporary.resolve(name), TestTar.gzip(tar));
      UnpackedFolder folder = unpacked(file);
      assertEquals("a fox", TestUnpacking.content(folder.folder()).get("fox.txt"), name);
      assertEquals(name.substring(0, 1), folder.folder().getFileName().toString());
    }
  }

  @Test
  void longAndForeignNamesAreRead() throws IOException {
    String folders = "a folder with a name/".repeat(9);
    Map<String, String> content =
        content(
            new TestTar()
                .pair(folders + "f\u00fcchse \u72d0", 1, "kitsune")
                .pair("a: b? <c>", 2, "odd")
                .pair("con", 3, "device"));
    assertEquals("kitsune", content.get("f\u00fcchse \u72d0.txt"));
    assertEquals("odd", content.get("a_ b_ _c_.txt"));
    assertEquals("device", content.get("_con.txt"));
  }

  @Test
  void keysOfSeveralFoldersKeepTheirCaptions() throws IOException {
    Map<String, String> content =
        content(new TestTar().pair("a/1", 1, "first").pair("b/1", 2, "second"));
    assertEquals("first", content.get("1.txt"));
    assertEquals("second", content.get("b-1.txt"));
  }

  @Test
  void captionIsKeptToTheLetter() throws IOException {
    String text = "\ufeff two lines\r\n\tand more \n";
    Path folder =
        unpacked(new TestTar().pair("fox", 1, text).at(temporary.resolve("a.tar"))).folder();
    assertArrayEquals(
        text.getBytes(StandardCharsets.UTF_8), Files.readAllBytes(folder.resolve("fox.txt")));
  }
}
