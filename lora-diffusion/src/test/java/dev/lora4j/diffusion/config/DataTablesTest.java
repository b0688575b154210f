package dev.lora4j.diffusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.config.kohya.KohyaOptions;
import dev.lora4j.diffusion.dataset.bucket.Bucket;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSetFileException;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which pictures a run has, and what is said for all of them. */
class DataTablesTest {
  private static final String SUBSET = "[[datasets]]\n[[datasets.subsets]]\nimage_dir = 'foxes'\n";

  @TempDir Path folder;

  private SettingLayers run(String text) throws IOException {
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    Path file = folder.resolve("run.toml");
    Files.writeString(file, "out = 'a.safetensors'\n" + text);
    RunFile.read(file, layers);
    return layers;
  }

  /** For a base of pictures of 512 pixels, whose sides are multiples of 64. */
  private List<DataGroup> groups(String text) throws IOException {
    return RunSettings.of(run(text).values()).groups(512, 64);
  }

  private void dataSet(String text) throws IOException {
    Files.writeString(folder.resolve("data.toml"), text);
  }

  @Test
  void dataSetFileCompletesTheRunsSettings() throws IOException {
    dataSet("[general]\nkeep_tokens = 2\n" + SUBSET);
    DataGroup group =
        groups(
                """
                dataset_config = "data.toml"
                batch = 3
                validation.split = 0.25
                [data]
                trigger = "zkw"
                keep_tokens = 1
                caption_dropout_rate = 0.1
                """)
            .get(0);
    DataSource source = group.sources().get(0);
    assertEquals(folder.resolve("foxes"), source.folder());
    assertEquals("zkw", source.captions().trigger());
    assertEquals(2, source.captions().keepTokens());
    assertEquals(0.1, source.captions().dropout());
    assertEquals(3, group.batch());
    assertEquals(0.25, source.validation());
    assertEquals(Bucketing.around(512, 64), group.bucketing());
  }

  @Test
  void dataSetFileValuesOverrideTheRun() throws IOException {
    dataSet(
        "[general]\nbatch_size = 5\nresolution = 768\nenable_bucket = false\n"
            + "validation_split = 0.5\ntrigger = 'fox'\n"
            + SUBSET);
    DataGroup group =
        groups("dataset_config = 'data.toml'\nvalidation.share = 0.1\n[data]\ntrigger = 'zkw'")
            .get(0);
    assertEquals(5, group.batch());
    assertEquals(
        new Bucketing(new Bucket(768, 768), false, 256, 1024, 64, false), group.bucketing());
    assertEquals(0.5, group.sources().get(0).validation());
    assertEquals("fox", group.sources().get(0).captions().trigger());
  }

  @Test
  void groupsWithoutResolutionHaveTheBaseSizes() throws IOException {
    String sets = SUBSET.replace("datasets", "data.datasets");
    List<DataGroup> groups =
        groups(sets + sets.replace("]]\n[[", "]]\nresolution = 192\n[[") + "num_repeats = 2");
    assertEquals(Bucketing.around(512, 64), groups.get(0).bucketing());
    assertEquals(
        new Bucketing(new Bucket(192, 192), true, 64, 1024, 64, false), groups.get(1).bucketing());
  }

  @Test
  void sidesMustFitTheBasesMultiple() throws IOException {
    String step = mistake("bucket_reso_steps = 32");
    assertTrue(step.contains("bucket_reso_steps is 32; the sides of this base's"), step);
    String fixed = mistake("resolution = 520\nenable_bucket = false");
    assertTrue(fixed.contains("resolution is 520x520, without buckets;"), fixed);
    assertTrue(fixed.contains("multiples of 64"), fixed);
    // With buckets it says their area alone.
    DataGroup group =
        groups("images = 'a'\n[data]\nresolution = 520\nmin_bucket_reso = 300").get(0);
    assertEquals(256, group.bucketing().least());
    assertTrue(
        group.bucketing().all().stream().allMatch(bucket -> bucket.multipleOf(64)),
        () -> group.bucketing().all().toString());
    assertEquals(1, group.notes().size());
    String note = group.notes().get(0).sentence();
    assertTrue(note.startsWith("has a min_bucket_reso of 300, which is taken as 256"), note);
  }

  @Test
  void picturesOfTheClassHaveNoTrigger() throws IOException {
    List<DataSource> folders =
        groups("images = 'sks'\nregularisation = 'reg'\n[data]\ntrigger = 'zkw fox'")
            .get(0)
            .sources();
    assertEquals("zkw fox", folders.get(0).captions().trigger());
    assertTrue(folders.get(1).regularisation());
    assertEquals("", folders.get(1).captions().trigger());
    dataSet(
        SUBSET
            + "[[datasets.subsets]]\nimage_dir = 'reg'\nis_reg = true\n"
            + "[[datasets.subsets]]\nimage_dir = 'own'\nis_reg = true\ntrigger = 'fox'\n");
    folders = groups("dataset_config = 'data.toml'\n[data]\ntrigger = 'zkw fox'").get(0).sources();
    assertEquals(
        List.of("zkw fox", "", "fox"), folders.stream().map(s -> s.captions().trigger()).toList());
  }

  @Test
  void severalSourcesOfPicturesAreRefused() throws IOException {
    String several = refused("images = 'a'\ndataset_config = 'data.toml'");
    assertTrue(several.contains("named by images and by dataset_config;"), several);
    several =
        refused("dataset_config = 'data.toml'\n" + SUBSET.replace("datasets", "data.datasets"));
    assertTrue(several.contains("dataset_config and by [[data.datasets]];"), several);
    String prior = refused("regularisation = 'reg'\ndataset_config = 'data.toml'");
    assertTrue(prior.contains("regularisation goes with images alone"), prior);
    assertTrue(prior.contains("is_reg = true"), prior);
    assertTrue(refused("dataset_config = ''").contains("There are no pictures"), prior);
  }

  @Test
  void commandLinePathIsSavedAsAbsolute() throws IOException {
    SettingLayers layers = run("");
    layers.setText("dataset_config", "data.toml", "--set");
    String saved = ResolvedRun.toml(layers.values());
    String whole = KeyType.quoted(Path.of("data.toml").toAbsolutePath().toString());
    assertTrue(saved.contains("dataset_config = " + whole), saved);
  }

  private String mistake(String data) throws IOException {
    RunSettings settings = RunSettings.of(run("images = 'a'\n[data]\n" + data).values());
    return assertThrows(DataSetFileException.class, () -> settings.groups(512, 64)).getMessage();
  }

  private String refused(String text) throws IOException {
    RunSettings settings = RunSettings.of(run(text).values());
    return assertThrows(RunProblems.class, () -> settings.groups(512, 64)).getMessage();
  }
}
