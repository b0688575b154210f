package dev.lora4j.diffusion.evaluation;

import dev.lora4j.diffusion.judge.ControlPictures;
import dev.lora4j.diffusion.judge.JudgedSample;
import dev.lora4j.diffusion.judge.Judges;
import dev.lora4j.diffusion.judge.PictureJudgement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Asks judges about the pictures of an evaluation. */
public final class PictureVerdicts {
  private PictureVerdicts() {}

  /** The pictures with their verdicts; those that have one keep it. */
  public static List<JudgedPicture> of(
      Judges judges, JudgedStyle style, List<JudgedPicture> pictures) {
    List<JudgedSample> asked = new ArrayList<>();
    for (JudgedPicture picture : pictures) {
      if (picture.verdict().isEmpty()) {
        asked.add(picture.shown(picture.picture()));
        if (!picture.adapted()) {
          asked.add(picture.shown(ControlPictures.desaturated(picture.picture())));
        }
      }
    }
    Iterator<PictureJudgement> said = judges.judge(asked, style.criteria()).iterator();
    return pictures.stream()
        .map(
            picture ->
                picture.verdict().isPresent()
                    ? picture
                    : picture.judged(
                        new PictureVerdict(
                            said.next(),
                            picture.adapted() ? Optional.empty() : Optional.of(said.next()))))
        .toList();
  }
}
