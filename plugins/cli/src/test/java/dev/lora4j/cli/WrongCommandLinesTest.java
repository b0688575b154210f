package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a command line is told before anything slow begins: no engine is opened. */
class WrongCommandLinesTest {
  @TempDir private Path folder;

  @BeforeEach
  void files() throws IOException {
    Run.pictures(folder.resolve("pics"));
    Files.createDirectory(folder.resolve("empty"));
    Files.writeString(folder.resolve("file.txt"), "a text");
    Files.writeString(folder.resolve("lines.jsonl"), "{\"text\": \"a\"}\n");
    Path adapter = Run.TINY_SD.resolve("lora-kohya.safetensors");
    Files.copy(adapter, folder.resolve("ink.safetensors"));
    byte[] head = Arrays.copyOf(Files.readAllBytes(adapter), 100);
    Files.write(folder.resolve("cut.safetensors"), head);
  }

  /** {@code BASE} is a small base, {@code ~} the test's folder, {@code _} a space in a word. */
  private Run run(String line) {
    return Run.of(
        Stream.of(line.split(" "))
            .map(word -> word.replace("BASE", Run.TINY_SD.toString()))
            .map(word -> word.replace("~", folder + "/"))
            .map(word -> word.replace('_', ' '))
            .toArray());
  }

  private void refused(int code, String line, String told) {
    long opened = Engine.opened();
    Run run = run(line);
    assertEquals(code, run.code(), line + ": " + run);
    assertTrue(run.err().contains(told), line + ": " + run.err());
    assertEquals("", run.out(), line);
    assertEquals(opened, Engine.opened(), line + " opened an engine");
    assertFalse(Files.exists(folder.resolve("x.safetensors")), line);
    assertFalse(Files.exists(folder.resolve("q")), line);
  }

  /** The words alone are wrong, whatever the files hold. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nosuch | There is no command nosuch. There are quickstart, plan, train,",
        "nosuch --help | There is no command nosuch.",
        "genrate --help | Did you mean generate?",
        "--nosuch --help | There is no option --nosuch.",
        "generate --help --nosuch | There is no option --nosuch.",
        "text nosuch | There is no command text nosuch. There are quickstart, generate,",
        "text nosuch --help | There is no command text nosuch.",
        "plugins nosuch | There is no command plugins nosuch.",
        "plugins lst | Did you mean list?",
        "plugins list nosuch | one too many: 'nosuch'",
        "plugins show | NAME",
        "doctor extra | one too many: 'extra'",
        "doctor --device=gpu | there is no device 'gpu'",
        "doctor --threads=0 | a whole number from 1 on, found 0",
        "doctor --threads=100000 | at most 1024, found 100000",
        "quickstart --steps=0 | 1 step or more",
        "quickstart --steps=many | 'many' is no whole number",
        "quickstart --rank=0 | rank must be at least 1",
        "quickstart --runs=0 | --runs must be at least 1",
        "quickstart --concepts=-1 | --concepts must be at least 0",
        "quickstart --compute=f8 | expected one of f32, bf16, f16, auto, found 'f8'",
        "quickstart --compute=f16 --device=cpu | f16 on the CPU",
        "quickstart --base-config=BASE | --base-config is for a base in one file",
        "quickstart extra | one too many",
        "plan | no name for the adapter",
        "plan --images=~pics -o=x.safetensors --rank=0 | rank",
        "plan --images=~pics -o=x.safetensors --preset=nosuch | There is no preset \"nosuch\"; there are",
        "plan --images=~pics -o=x.safetensors --set=nosuch | --set takes KEY=VALUE",
        "plan --images=~pics -o=x.safetensors --set=nosuch=1 | no key nosuch; docs/training-keys.md has all",
        "plan --images=~pics -o=x.safetensors --set=imagess=1 | did you mean images?",
        "train | no name for the adapter",
        "train --images=~pics | no name for the adapter",
        "train --images=~pics -o=x.png | must end so; found x.png",
        "train --images=~pics -o=x.safetensors --method=nosuch | There is no TrainableMethod 'nosuch'",
        "train --images=~pics -o=x.safetensors --method=lokr:factor=4,factor=8 | --method: 'lokr:factor=4,factor=8' sets factor twice",
        "train --images=~pics -o=x.safetensors --method=lokr:factor | --method: Settings are written NAME:KEY=VALUE",
        "train --images=~pics -o=x.safetensors --optimizer=adamw: | --optimizer: Settings are written NAME:KEY=VALUE",
        "train --images=~pics -o=x.safetensors --rank=-4 | --rank: adapter.rank takes a whole number of at least 1, found",
        "train --images=~pics -o=x.safetensors --alpha=-1 | --alpha: adapter.alpha takes",
        "train --images=~pics -o=x.safetensors --steps=0 | steps takes a whole number of at least 1",
        "train --images=~pics -o=x.safetensors --batch=0 | batch",
        "train --images=~pics -o=x.safetensors --lr=abc | optimizer.",
        "train --images=~pics -o=x.safetensors --optimizer=nosuch | There is no Optimizer 'nosuch'",
        "train --images=~pics -o=x.safetensors --dropout=2 | --dropout must be from 0 to 1",
        "train --images=~pics -o=x.safetensors --dropout=x | --dropout must be from 0 to 1, found x.",
        "train --images=~pics -o=x.safetensors --dtype=f8 | one of f16, bf16, f32, found",
        "train --images=~pics -o=x.safetensors --seed=abc | seed",
        "train --images=~pics -o=x.safetensors --set=layout=nosuch | There is no AdapterWriter 'nosuch'",
        "train --images=~pics -o=x.safetensors --set=schedule.name=nosuch | There is no Decay 'nosuch'",
        "train --images=~pics -o=x.safetensors --set=loss.type=nosuch | There is no Loss 'nosuch'",
        "distill -o=x.safetensors | PATH[:WEIGHT]",
        "distill ~ink.safetensors:abc -o=x.safetensors | Invalid value for PATH[:WEIGHT]: in",
        "distill ~ink.safetensors -o=x.safetensors --steps=1 --steps=2 | --steps is said more than once; say it once.",
        "distill ~ink.safetensors | --output",
        "distill ~ink.safetensors -o=x.safetensors --trigger=ink=a --trigger=ink=b | --trigger ink=... is said twice",
        "distill ~ink.safetensors -o=x.safetensors --images=ink=~pics --images=ink=~empty | --images ink=... is said twice",
        "distill ~ink.safetensors -o=x.safetensors --images=ink= | --images ink= has no path",
        "evaluate | --style",
        "evaluate --style=nosuch | There is no style and no folder nosuch",
        "evaluate --style=ink --lora=~ink.safetensors:abc | the weight 'abc' is no number",
        "evaluate --style=ink --lora=~ink.safetensors:0 | a weight of 0 is the base",
        "evaluate --style=ink --lora=~ink.safetensors --images=~pics | not both",
        "evaluate --style=ink --steps=0 | steps must be at least 1",
        "evaluate --style=ink --guidance=-1 | guidance must be 0 or more",
        "evaluate --style=ink --concepts=0 | at least 1",
        "evaluate --style=ink --concepts=1000000 | --concepts cannot be 1000000",
        "generate | Give a PROMPT",
        "generate fox --lora=~ink.safetensors:abc | the weight 'abc' is no number",
        "generate fox --lora=~ink.safetensors: | the weight '' is no number",
        "generate fox --lora=nowhere.safetensors:abc | the weight 'abc' is no number",
        "generate fox --lora=~ink.safetensors:1:abc | 'abc' is no FROM-TO of numbers",
        "generate fox --lora=~ink.safetensors:1:0.5-x | '0.5-x' is no FROM-TO of numbers",
        "generate fox --lora=~ink.safetensors:1:0.9-0.2 | from <= to",
        "generate fox --lora=~ink.safetensors:0@0,1@1:wave | not 'wave'",
        "generate fox --lora=~ink.safetensors --blocks=ink=IN:abc | 'abc' in the block weights 'IN:abc' is no number",
        "generate fox --lora=~ink.safetensors --blocks=ink | expected NAME=BLOCK:SHARE,..., found 'ink'",
        "generate fox --lora=~ink.safetensors --blocks=inc=IN:1 | --blocks is for inc, but the adapters that take part are ink",
        "generate fox --lora=~ink.safetensors --lora-te=ink=abc | 'abc' is no number",
        "generate fox --lora=~ink.safetensors --lora-te=inc=1 | --lora-te is for inc",
        "generate fox --lora=~ink.safetensors --region=inc=~pics/ball-0.png | --region is for inc",
        "generate fox --lora=~ink.safetensors --region=ink | expected NAME=FILE, found 'ink'",
        "generate fox --lora=~ink.safetensors --mixer=nosuch | There is no Mixer 'nosuch'",
        "generate fox --lora=~ink.safetensors --mixer=switch:tau=abc | found 'abc'",
        "generate fox --mixer=switch | --mixer has nothing to blend",
        "generate <lora:ink:abc> --lora-dir=~ | with numbers, found 'abc'",
        "generate fox_<lora:ink --lora-dir=~ | and the > at its end",
        "generate fox --mask=~pics/ball-0.png | --mask and --strength need a picture",
        "generate fox --image=~pics/ball-0.png --strength=2 | --strength must be above 0",
        "generate fox --steps=0 | steps must be at least 1",
        "generate fox --guidance=nan | 'nan' is no number",
        "generate fox --count=0 | --count must be from 1 to",
        "generate fox --count=100000000 | --count must be from 1 to",
        "generate fox --batch=0 | --batch must be at least 1",
        "generate fox --size=0x64 | WIDTHxHEIGHT",
        "generate fox --size=99999x99999 | at most 16384 pixels",
        "generate fox --sampler=nosuch | There is no Sampler 'nosuch'",
        "generate fox --schedule=nosuch | There is no schedule 'nosuch'; there are",
        "generate fox --clip-skip=-1 | clip skip must be 0 or more",
        "generate fox --seed=abc | 'abc' is no whole number",
        "generate fox -o=x.jpg | must end so; found x.jpg",
        "generate --from=~pics/ball-0.png --steps=3 | --steps does not go with --from",
        "generate fox --prediction=nosuch | expected one of epsilon, v_prediction, flow",
        "grid fox | --x",
        "grid fox --x=nosuch=1 | A grid cannot change 'nosuch'",
        "grid fox --x=seed=a | found 'a'",
        "grid fox --x=seed=1 --y=seed=2 | Two directions change seed",
        "grid fox --x=lora:ink=0,1 | No adapter is called 'ink'; there are none",
        "grid fox --x=lora:inc=0,1 --lora=~ink.safetensors | No adapter is called 'inc'; there are ink",
        "grid fox --x=lora:ink=abc --lora=~ink.safetensors | found 'abc'",
        "grid fox --x=prompt=cat,dog | contains 'cat'",
        "grid fox --x=seed=1 --count=2 | seed=1-4",
        "inspect | FILE",
        "inspect ~ink.safetensors --base=nosuch | There is no kind of base",
        "inspect ~ink.safetensors extra | one too many: 'extra'",
        "merge | FILE[:WEIGHT]",
        "merge ~ink.safetensors | --output",
        "merge ~ink.safetensors:abc -o=x.safetensors | the weight 'abc' is no number",
        "merge ~ink.safetensors:1e400 -o=x.safetensors | the weight '1e400' is no number",
        "merge ~ink.safetensors -o=x.png | must end so; found x.png",
        "merge ~ink.safetensors -o=x.safetensors --mixer=ties:density=2 | density",
        "merge ~ink.safetensors -o=x.safetensors --rank=0 | a rank must be at least 1",
        "merge ~ink.safetensors -o=x.safetensors --sv-fro=2 | at most 1, found 2.0",
        "merge ~ink.safetensors -o=x.safetensors --dtype=f8 | found 'f8'",
        "merge ~ink.safetensors -o=x.safetensors --layout=nosuch | There is no AdapterWriter 'nosuch'",
        "merge ~ink.safetensors -o=x.safetensors --blocks=inc=IN:1 | --blocks is for inc",
        "merge ~ink.safetensors -o=x.safetensors --blocks=ink=IN:x | is no number",
        "resize ~ink.safetensors x.safetensors | say --rank N",
        "resize ~ink.safetensors x.safetensors -o=y.safetensors --rank=2 | where to write once",
        "extract --base=a --tuned=b -o=x.safetensors | say --rank N",
        "extract --base=a --tuned=b -o=x.safetensors --rank=2 --min-diff=-1 | --min-diff must be 0 or more",
        "bake ~ink.safetensors | --base",
        "bake ~ink.safetensors:abc --base=BASE -o=out | the weight 'abc' is no number",
        "compare ~ink.safetensors | B",
        "mix ~ink.safetensors | at least 2 values",
        "mix ~ink.safetensors ~ink.safetensors:abc | the weight 'abc' is no number",
        "mix ~ink.safetensors ~ink.safetensors -o=x.jpg | must end so; found x.jpg",
        "convert ~ink.safetensors x.safetensors | --layout",
        "convert ~ink.safetensors x.safetensors --layout=nosuch | There is no AdapterWriter 'nosuch'",
        "convert ~ink.safetensors x.safetensors --layout=kohya --dtype=f8 | found 'f8'",
        "text | COMMAND",
        "text quickstart --steps=0 | 1 step or more",
        "text generate | PROMPT",
        "text generate a --lora=~ink.safetensors:abc | the weight 'abc' is no number",
        "text generate a --lora=~ink.safetensors:1:0-0.5 | which a text has not",
        "text generate a --max-new-tokens=0 | At least 1 token",
        "text generate a --temperature=-1 | temperature",
        "text generate a --temperature=1 --top-p=2 | top_p",
        "text generate a --temperature=1 --min-p=2 | min_p",
        "text generate a --repetition-penalty=0 | repetition_penalty",
        "text generate a --beams=0 | num_beams",
        "text generate a --beams=2 --temperature=1 | leave --temperature out, or --beams",
        "text generate a --stop= | stops everything",
        "text classify | TEXT",
        "text train --data=~lines.jsonl | --output",
        "text train --data=~lines.jsonl -o=t --layout=nosuch | There is no AdapterWriter 'nosuch'",
        "text train --data=~lines.jsonl -o=t --method=nosuch | --method: There is no TrainableMethod 'nosuch'",
        "text train --data=~lines.jsonl -o=t --method=lokr:size=1 | --method: lokr: has no setting size",
        "text train --data=~lines.jsonl -o=t --optimizer=nosuch | --optimizer: There is no Optimizer 'nosuch'",
        "text train --data=~lines.jsonl -o=t --lr=-1 | learning rate must be above 0",
        "text train --data=~lines.jsonl -o=t --lr-scheduler=nosuch | --lr-scheduler: There is no Decay 'nosuch'",
        "text train --data=~lines.jsonl -o=t --validate-every=0 | --validate-every must be at least 1",
        "text train --data=~lines.jsonl -o=t --held-out=2 | held out",
        "text train --data=~lines.jsonl -o=t --targets=none | no form for an adapter of layers",
        "text distill -o=t | PATH",
        "text distill ~ink.safetensors --prompts=~lines.jsonl | --output",
        "text distill ~ink.safetensors -o=t | has no texts to teach with",
        "text distill ~ink.safetensors:0 -o=t | has the weight 0",
        "text distill ~ink.safetensors -o=t --prompts=~lines.jsonl --beta=2 | --beta must be from 0 to 1, found 2.0",
        "text distill ~ink.safetensors -o=t --prompts=~lines.jsonl --temperature=0 | --temperature must be above 0, found 0.0",
        "text distill ~ink.safetensors -o=t --prompts=~lines.jsonl --optimizer=adamw:beta1=x | --optimizer: adamw: beta1 takes",
        "text distill ~ink.safetensors -o=t --prompts=~lines.jsonl --trigger=ink=a --trigger=ink=b | --trigger ink=... is said twice",
        "text distill ~ink.safetensors -o=t --texts=ink=~lines.jsonl --texts=ink=b | --texts ink=... is said twice",
        "text distill ~ink.safetensors -o=t --texts=ink= | --texts ink= has no path",
        "text distill ~ink.safetensors -o=t --prompts=~lines.jsonl --lr=-1 | learning rate must be above 0",
        "text evaluate --data=~lines.jsonl --max-length=0 | --max-length must be at least 2",
        "text evaluate --data=~lines.jsonl --outputs=x.txt | must end so; found x.txt",
        "text evaluate --data=~lines.jsonl --max-new-tokens=0 | --max-new-tokens must be at least 1",
        "text evaluate --data=~lines.jsonl --beams=0 | --beams must be at least 1",
        "text merge -o=m --dtype=f8 | found 'f8'",
        "text new --data=~lines.jsonl -o=m --heads=0 | All sizes of a model",
      })
  void wrongArgumentsAreCode2(String line, String told) {
    refused(2, line, told);
  }

  /** The words are right, and what they name is not. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quickstart -o=~q --images=~nowhere | There is no folder",
        "quickstart -o=~q --images=~empty | holds no pictures",
        "quickstart -o=~q --second=~file.txt | is a text file",
        "quickstart -o=~file.txt | is no folder",
        "quickstart -o=~q --second=~ink.safetensors | should be [4, 16, 3, 3]",
        "quickstart -o=~q --base=~empty | is no model",
        "plan --images=~nowhere -o=~x.safetensors | nowhere",
        "plan ~nosuch.toml | There is no file",
        "plan --images=~pics -o=~x.safetensors --base=~empty | is no model",
        "train --images=~empty -o=~x.safetensors | holds no pictures",
        "train --images=~pics -o=~file.txt/x.safetensors | is no folder",
        "train --images=~pics -o=~x.safetensors --base=~file.txt | is a text file",
        "train --images=~pics -o=~x.safetensors --set=adapter.from=~nowhere.safetensors | There is no file",
        "train --images=~pics -o=~x.safetensors --base=BASE --set=adapter.include=['unet.nosuch.*'] | unet.nosuch",
        "train --images=~pics -o=~x.safetensors --set=adapter.from=~ink.safetensors | should be [4, 16, 3, 3]",
        "evaluate --style=ink --lora=~nowhere.safetensors | There is no file",
        "evaluate --style=ink --images=~nowhere | There is no folder",
        "evaluate --style=ink --lora=~cut.safetensors | ends inside its header",
        "evaluate --style=ink -o=~file.txt | is no folder",
        "evaluate --style=ink --lora=~ink.safetensors | should be [4, 16, 3, 3]",
        "evaluate --style=ink --base=~empty | is no model",
        "generate fox --lora=~nowhere.safetensors | There is no file",
        "generate fox --lora=~cut.safetensors | ends inside its header",
        "generate fox --lora=~file.txt | is a text file",
        "generate fox --lora=~ink.safetensors --region=ink=~file.txt | is no picture",
        "generate fox --lora-dir=~nowhere | There is no folder",
        "generate <lora:nosuch:1> --lora-dir=~empty | has no adapter nosuch; there are none in it",
        "generate <lora:nosuch:1> --lora-dir=~ | has no adapter nosuch. --lora-dir",
        "generate <lora:inc:1> --lora-dir=~ | nearest: ink",
        "generate fox --embedding=~file.txt | is a text file",
        "generate fox --embedding-dir=~nowhere | There is no folder",
        "generate fox --image=~file.txt | is no picture",
        "generate fox --base=BASE --size=33x32 | the nearest are",
        "generate fox --base=BASE --steps=100000 | steps must be from 1 to 1000",
        "generate fox --base=BASE --clip-skip=100 | cannot leave out 100",
        "generate fox --base=BASE --original-size=64x64 | no Stable Diffusion XL",
        "generate fox -o=~file.txt/x.png | is no folder",
        "generate --from=~file.txt | is no PNG file",
        "generate fox --base=BASE --lora=~ink.safetensors --blocks=ink=OUT17:1 | OUT17",
        "generate fox --lora=~ink.safetensors | should be [4, 16, 3, 3]",
        "generate fox_<lora:ink:1> --lora-dir=~ | should be [4, 16, 3, 3]",
        "generate fox --base=~empty | is no model",
        "generate fox --base=~ink.safetensors | is an adapter",
        "grid fox --x=seed=1 -o=~file.txt | is no folder",
        "grid fox --x=seed=1 --base=~empty | is no model",
        "grid fox --base=BASE --x=clip-skip=100 | cannot leave out 100",
        "grid fox --base=BASE --lora=~ink.safetensors --x=block:ink:OUT17=0,1 | OUT17",
        "grid fox --x=seed=1 --lora=~ink.safetensors | should be [4, 16, 3, 3]",
        "inspect ~nowhere | There is no file",
        "inspect ~empty | is no model folder",
        "inspect ~cut.safetensors | ends inside its header",
        "merge ~nowhere.safetensors -o=~x.safetensors | There is no file",
        "merge ~ink.safetensors -o=~ink.safetensors | would be written over",
        "merge ~file.txt -o=~x.safetensors | is a text file",
        "resize ~file.txt ~x.safetensors --rank=2 | is a text file",
        "extract --base=~nowhere --tuned=BASE -o=~x.safetensors --rank=2 | There is no file or folder",
        "extract --base=~empty --tuned=BASE -o=~x.safetensors --rank=2 | is no base model",
        "bake ~ink.safetensors --base=BASE -o=BASE | is the base itself",
        "bake ~ink.safetensors --base=BASE -o=~pics | not empty",
        "bake ~ink.safetensors --base=BASE -o=~file.txt | is a file, but the base is a folder",
        "bake ~file.txt --base=BASE -o=~out | is a text file",
        "compare ~ink.safetensors ~file.txt | is a text file",
        "mix ~ink.safetensors ~file.txt | is a text file",
        "convert ~file.txt ~x.safetensors --layout=kohya | is a text file",
        "convert ~ink.safetensors ~pics --layout=peft | not empty",
        "plugins show nosuch | There is no extension nosuch",
        "plugins admit ~nowhere.jar | There is no file",
        "text quickstart -o=~file.txt | is no folder",
        "text generate a --base=~empty | is no language model",
        "text generate a --lora=~ink.safetensors | has no factor that base can use",
        "text generate a --lora=~nowhere | There is no file or folder",
        "text classify a --base=~empty | is no language model",
        "text classify a --lora=~ink.safetensors | has no head that tells classes apart",
        "text train --data=~empty -o=~t | holds no .jsonl",
        "text train --data=~lines.jsonl -o=~pics | not empty",
        "text train --data=~lines.jsonl -o=~t --base=~empty | is no language model",
        "text train --data=~lines.jsonl -o=~t --from=~ink.safetensors | has no factor that base can use",
        "text train --data=~lines.jsonl -o=~t --from=~nowhere | There is no file or folder",
        "text train --data=~lines.jsonl -o=~t --max-length=100000 | reads at most",
        "text distill ~ink.safetensors -o=~t --prompts=~lines.jsonl | has no factor that base can use",
        "text distill ~ink.safetensors -o=~pics --prompts=~lines.jsonl | not empty",
        "text distill ~nowhere -o=~t --prompts=~lines.jsonl | There is no file or folder",
        "text distill ~file.txt -o=~t --prompts=~lines.jsonl | is a text file that begins",
        "text distill ~file.txt -o=~t --prompts=~lines.jsonl | Download it again, or give another file.",
        "text evaluate --data=~nowhere | There is no file or folder",
        "text evaluate --data=~lines.jsonl --base=~empty | is no language model",
        "text evaluate --data=~lines.jsonl --lora=~ink.safetensors | has no factor that base can use",
        "text merge -o=~pics | not empty",
        "text merge -o=~m --base=~empty | is no language model",
        "text merge -o=~m --lora=~ink.safetensors | has no factor that base can use",
        "text new --data=~nowhere -o=~m | There is no file or folder",
      })
  void wrongFilesAreCode1(String line, String told) {
    refused(1, line, told);
  }

  /** What a machine lacks is told before a folder is made. */
  @ParameterizedTest
  @ValueSource(strings = {"quickstart", "text quickstart"})
  void aMissingCardLeavesNoFolder(String command) {
    String told = Engine.obstacle(Device.cuda(99)).orElseThrow().message();
    refused(1, command + " -o=~q --device=cuda:99", told);
  }

  static Stream<String> commands() {
    return Examples.names().stream().filter(name -> !Set.of("bench", "pull").contains(name));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void unknownOptionsAreCode2(String command) {
    refused(2, command + " --nosuch", "There is no option --nosuch.");
  }
}
