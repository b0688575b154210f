package dev.lora4j.diffusion.dataset.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.bucket.Bucket;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.caption.CaptionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tomlj.Toml;

class DataSetFileTest {
  @TempDir Path folder;

  private List<DataGroup> read(String text) throws IOException {
    Path file = folder.resolve("data.toml");
    Files.writeString(file, text);
    return DataSetFile.read(file);
  }

  @Test
  void everyKeySetsItsValue() throws IOException {
    List<DataGroup> groups =
        read(
            """
            [general]
            caption_extension = ".caption"
            caption_sources = ["text", "file_name"]
            shuffle_caption = true
            keep_tokens = 1
            resolution = 1024
            enable_bucket = true

            [[datasets]]
            resolution = [768, 512]
            batch_size = 4
            min_bucket_reso = 320
            max_bucket_reso = 960
            bucket_reso_steps = 32
            bucket_no_upscale = true
            network_multiplier = 1.0
            validation_seed = 7
            keep_tokens = 2

              [[datasets.subsets]]
              image_dir = "foxes"
              num_repeats = 10
              class_tokens = "sks fox"
              metadata_file = "all.json"
              keep_tokens = 3
              keep_tokens_separator = "|||"
              secondary_separator = ";;;"
              caption_separator = ";"
              caption_prefix = "before"
              caption_suffix = "after"
              caption_dropout_rate = 0.1
              caption_dropout_every_n_epochs = 5
              caption_tag_dropout_rate = 0.2
              enable_wildcard = true
              token_warmup_min = 1
              token_warmup_step = 0
              custom_attributes = { of = "another" }
              flip_aug = true
              color_aug = true
              random_crop = true
              alpha_mask = true
              conditioning_data_dir = "masks"
              reference_dir = ["before", "hats"]
              validation_split = 0.25
              image_column = "photo"
              caption_column = "words"
              background = "#102030"
              trigger = "sks"

              [[datasets.subsets]]
              image_dir = "/prior"
              is_reg = true
              shuffle_caption = false
            """);
    DataGroup group = groups.get(0);
    assertEquals(new Bucketing(new Bucket(768, 512), true, 320, 960, 32, true), group.bucketing());
    assertEquals(4, group.batch());
    assertEquals(7, group.validationSeed());
    DataSource first = group.sources().get(0);
    assertEquals(
        new DataSource(
            folder.resolve("foxes"),
            Optional.of(folder.resolve("all.json")),
            10,
            "sks fox",
            ".caption",
            List.of("text", "file_name"),
            false,
            new CaptionSettings(
                "before", "after", "sks", ";", ";;;", true, 3, "|||", 0.1, 5, 0.2, true),
            new Augmentations(true, true, true),
            new MaskSource(true, Optional.of(folder.resolve("masks"))),
            List.of(folder.resolve("before"), folder.resolve("hats")),
            0x102030,
            0.25,
            new ArchiveColumns("photo", "words")),
        first);
    DataSource second = group.sources().get(1);
    assertEquals(Path.of("/prior"), second.folder());
    assertTrue(second.regularisation());
    assertEquals(2, second.captions().keepTokens());
    assertEquals(false, second.captions().shuffle());
    assertEquals(".caption", second.captionExtension());
  }

  @Test
  void missingKeysHaveKohyasDefaults() throws IOException {
    DataGroup group = read("[[datasets]]\n[[datasets.subsets]]\nimage_dir = 'a'").get(0);
    assertEquals(
        new Bucketing(new Bucket(512, 512), false, 256, 1024, 64, false), group.bucketing());
    assertEquals(1, group.batch());
    assertEquals(DataSource.of(folder.resolve("a")), group.sources().get(0));
  }

  @Test
  void oneFolderOfReferencePicturesNeedsNoList() throws IOException {
    DataGroup group =
        read("[general]\nreference_dir = 'b'\n[[datasets]]\n[[datasets.subsets]]\nimage_dir = 'a'")
            .get(0);
    assertEquals(List.of(folder.resolve("b")), group.sources().get(0).references());
  }

  @Test
  void foldersInKohyasLayoutAreFound() throws IOException {
    Files.createDirectories(folder.resolve("img/10_sks dog"));
    Files.createDirectories(folder.resolve("img/notes"));
    Files.createDirectories(folder.resolve("reg/1_dog"));
    List<DataSource> sources =
        read("[[datasets]]\ntrain_data_dir = 'img'\nreg_data_dir = 'reg'").get(0).sources();
    assertEquals(2, sources.size());
    assertEquals(10, sources.get(0).repeats());
    assertEquals("sks dog", sources.get(0).classTokens());
    assertTrue(sources.get(1).regularisation());
  }

  @Test
  void aFolderCountsOnce() throws IOException {
    String subset = "[[datasets.subsets]]\nimage_dir = 'a'\nnum_repeats = ";
    DataGroup group =
        read("[[datasets]]\n"
                + subset
                + "2\n"
                + subset
                + "3\nmetadata_file = 'b.json'\n"
                + subset
                + "4")
            .get(0);
    assertEquals(List.of(2, 3), group.sources().stream().map(DataSource::repeats).toList());
    assertEquals(
        List.of(
            new DataGroup.Note(
                folder.resolve("a"), "is named twice in one [[datasets]]; the first counts.")),
        group.notes());
  }

  @Test
  void aTableWithinARunFileIsRead() {
    String run = "steps = 5\n[[datasets]]\n[[datasets.subsets]]\nimage_dir = 'a'";
    List<DataGroup> groups =
        DataSetFile.read(Toml.parse(run), folder, "run.toml", DataDefaults.KOHYA);
    assertEquals(folder.resolve("a"), groups.get(0).sources().get(0).folder());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "num_repeat = 3 # [[datasets]] 1 [[subsets]] 1: the key num_repeat is not known here; the nearest is num_repeats.",
        "resolution = 512 # [[datasets]] 1 [[subsets]] 1: the key resolution is not known here",
        "token_warmup_step = 5 # token_warmup_step is kohya's and not supported, as captions do not grow",
        "resize_interpolation = 'area' # always resized with Lanczos' window; remove it.",
        "num_repeats = 'many' # num_repeats is many; expected a whole number of at least 1.",
        "num_repeats = 0 # num_repeats is 0; expected a whole number",
        "flip_aug = 1 # flip_aug is 1; expected true or false.",
        "caption_prefix = 5 # caption_prefix is 5; expected a text.",
        "caption_dropout_rate = 1.5 # caption_dropout_rate is 1.5; expected a number of 0 to 1.",
        "background = 'sky' # background is sky; expected white, black, gray or"
      })
  void subsetMistakeIsNamed(String line, String expected) {
    String message = refused("[[datasets]]\n[[datasets.subsets]]\nimage_dir = 'a'\n" + line);
    assertTrue(message.contains(expected), message);
    assertTrue(message.startsWith(folder.resolve("data.toml") + " cannot be used:"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "resolution = 500 # resolution is 500; expected one side or [width, height], multiples of 8.",
        "resolution = [512, 512, 512] # resolution is",
        "enable_bucket = true,max_bucket_reso = 256 # max_bucket_reso is 256, less than a side",
        "train_data_dir = 'none' # holds no folders named like '10_name class'"
      })
  void aMistakeOfAGroupIsNamed(String lines, String expected) {
    String message =
        refused(
            "[[datasets]]\n"
                + lines.replace(",max", "\nmax")
                + "\n[[datasets.subsets]]\nimage_dir = 'a'");
    assertTrue(message.contains(expected), message);
  }

  @Test
  void theDocumentationsExampleIsRead() throws IOException {
    String page = Files.readString(Path.of("../docs/training.md"));
    int begin = page.indexOf("```toml\n[general]") + 8;
    DataGroup group = read(page.substring(begin, page.indexOf("```", begin))).get(0);
    assertEquals(4, group.batch());
    assertEquals("sks style", group.sources().get(0).captions().trigger());
    assertTrue(group.sources().get(1).regularisation());
  }

  @Test
  void mistakesAreReportedTogether() {
    DataSetFileException all =
        assertThrows(
            DataSetFileException.class,
            () -> read("[genral]\na = 1\n[[dataset]]\nb = 2\n[[datasets]]"));
    assertEquals(2, all.mistakes().size(), all.mistakes()::toString);
    all =
        assertThrows(
            DataSetFileException.class,
            () -> read("[general]\nreso = 1\n[[datasets]]\n[[datasets.subsets]]\nflip = true"));
    assertEquals(3, all.mistakes().size(), all.mistakes()::toString);
    assertTrue(refused("a = = 1").contains("line 1"));
    assertTrue(refused("[general]").contains("has no [[datasets]]"));
    assertTrue(refused("[[datasets]]").contains("has no [[subsets]]"));
  }

  private String refused(String text) {
    return assertThrows(DataSetFileException.class, () -> read(text)).getMessage();
  }
}
