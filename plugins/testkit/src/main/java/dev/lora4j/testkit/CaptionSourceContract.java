package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.CaptionSource;
import dev.lora4j.diffusion.dataset.CaptionSource.Caption;
import dev.lora4j.diffusion.dataset.CaptionSource.Captions;
import dev.lora4j.diffusion.dataset.DataProblem;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contract of {@link CaptionSource}. Extend it for yours, with the place that it searches. */
public abstract class CaptionSourceContract extends ExtensionContract<CaptionSource> {
  private static final String FOX = "fox.png";
  private static final List<String> NAMES =
      List.of(
          FOX,
          "two words.png",
          "v1.2.final.png",
          "f\u00fcchse \u72d0.png",
          "[a] (1), b=2 & c#3.png",
          "-dash_.png",
          "UPPER.PNG");

  @TempDir private Path temporary = Path.of("");

  /** Tests a source on the class path, see {@link ExtensionContract}. */
  protected CaptionSourceContract(String request) {
    super(CaptionSource.class, request);
  }

  /**
   * Writes a caption where the source finds it, beside those that are there.
   *
   * @param picture that it is for
   * @return the file that it stands in; empty for a source that makes captions of its own
   */
  protected abstract Optional<Path> caption(Path picture, String text) throws IOException;

  /** Source of a folder in a data set; for a source that looks at more than the folder. */
  protected DataSource source(Path folder) {
    return DataSource.of(folder);
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(temporary.resolve(name));
  }

  private static Path picture(Path folder, String name) throws IOException {
    Path picture = folder.resolve(name);
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
    return picture;
  }

  private static String text(String name) {
    return "a caption of " + name.length() + " letters, \u00e9t\u00e9 \ud83e\udd8a";
  }

  /** A folder of pictures with names of many kinds, each with its caption. */
  private List<Path> captioned(Path folder) throws IOException {
    List<Path> pictures = new ArrayList<>();
    for (String name : NAMES) {
      Path picture = picture(folder, name);
      caption(picture, text(name));
      pictures.add(picture);
    }
    return pictures;
  }

  /** The captions of pictures, and what is the matter with them. */
  private List<Caption> read(
      CaptionSource from, Path folder, List<Path> pictures, List<DataProblem> problems) {
    Captions captions = from.in(source(folder), problems::add);
    List<Caption> all = new ArrayList<>();
    pictures.forEach(picture -> captions.of(picture).ifPresent(all::add));
    captions.unused(pictures, false);
    return all;
  }

  @Test
  void everyPictureGetsItsCaption() throws IOException {
    Path folder = folder("captioned");
    List<Path> pictures = captioned(folder);
    Captions captions = extension().in(source(folder), problem -> {});
    for (Path picture : pictures) {
      String name = picture.getFileName().toString();
      Optional<Caption> caption = captions.of(picture);
      assertTrue(caption.isPresent(), name + " has no caption");
      boolean read = caption(picture(folder("elsewhere"), name), text(name)).isPresent();
      assertEquals(read, caption.get().written(), "whether somebody wrote that of " + name);
      if (read) {
        assertEquals(text(name), caption.get().text(), name);
      } else {
        assertFalse(caption.get().text().isBlank(), name + " has a caption without a word");
      }
      assertTrue(Files.exists(caption.get().file()), caption.get() + " stands in no file");
    }
  }

  @Test
  void pictureWithoutCaptionHasNone() throws IOException {
    Path folder = folder("lacking");
    boolean read = caption(picture(folder, FOX), text(FOX)).isPresent();
    Captions captions = extension().in(source(folder), problem -> {});
    // Whatever makes captions of its own may have one for any picture.
    if (read) {
      Path lonely = picture(folder, "lonely.png");
      assertEquals(Optional.empty(), captions.of(lonely), "the next source is not asked");
      assertEquals(Optional.empty(), extension().in(source(folder), p -> {}).of(lonely));
    }
  }

  @Test
  void correctFolderHasNoErrors() throws IOException {
    Path folder = folder("in order");
    List<DataProblem> problems = new ArrayList<>();
    read(extension(), folder, captioned(folder), problems);
    List<DataProblem> errors = problems.stream().filter(DataProblem::isError).toList();
    assertEquals(List.of(), errors);
  }

  @Test
  void undecodableTextIsAnErrorNamingItsFile() throws IOException {
    Path folder = folder("latin");
    Path picture = picture(folder, FOX);
    Optional<Path> file = caption(picture, "un renard en \u00e9t\u00e9");
    if (file.isPresent()) {
      String text = Files.readString(file.get());
      Files.write(file.get(), text.getBytes(StandardCharsets.ISO_8859_1));
      List<DataProblem> problems = new ArrayList<>();
      read(extension(), folder, List.of(picture), problems);
      assertTrue(
          problems.stream()
              .anyMatch(p -> p.isError() && p.file().equals(file.get()) && !p.sentence().isBlank()),
          "no error names " + file.get() + ", only " + problems);
    }
  }

  @Test
  void theSameFolderHasTheSameCaptions() throws Exception {
    Path folder = folder("often");
    List<Path> pictures = captioned(folder);
    CaptionSource source = extension();
    ManyThreads.agree(() -> read(source, folder, pictures, new ArrayList<>()));
  }

  @Test
  void foldersAreIndependent() throws IOException {
    CaptionSource source = extension();
    for (String name : List.of("left", "right")) {
      Path picture = picture(folder(name), FOX);
      boolean read = caption(picture, "a fox to the " + name).isPresent();
      List<Caption> captions = read(source, folder(name), List.of(picture), new ArrayList<>());
      assertEquals(1, captions.size());
      if (read) {
        assertEquals("a fox to the " + name, captions.get(0).text());
      }
    }
  }

  @Test
  void folderStaysUnchanged() throws IOException {
    Path folder = folder("untouched");
    List<Path> pictures = captioned(folder);
    Map<String, Long> before = files(folder);
    read(extension(), folder, pictures, new ArrayList<>());
    assertEquals(before, files(folder));
  }

  private static Map<String, Long> files(Path folder) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sizes.put(folder.relativize(file).toString(), Files.size(file));
      }
    }
    return sizes;
  }
}
