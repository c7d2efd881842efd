//! What is sent, and what the model makes of it; what it carries out can be repeated.

use super::{
    model::Model,
    words::{Reply, Sent},
};

impl Model {
    pub fn follow(&mut self, sent: &Sent) -> Reply {
        match sent {
            Sent::Nothing => Reply::Nothing,
            Sent::Submit(new) => self.submit(*new),
            Sent::HandIn(author, thread) => self.hand_in(*author, *thread),
            Sent::Check => Reply::Admitted,
            Sent::SubmitAgain(comment, true) => {
                let known = &self.comments[*comment];
                Reply::Known(known.state, known.version)
            }
            Sent::SubmitAgain(_, false) => Reply::IdReused,
            Sent::Claim(moderator, tokens) => self.claim(*moderator, tokens),
            Sent::Renew(lease) => self.renew(*lease),
            Sent::Release(lease, cool) => self.release(*lease, *cool),
            Sent::Pass(comment, to) => self.pass(*comment, *to),
            Sent::Decide(ruling) => {
                let reply = self.decide(*ruling);
                if reply.is_new() {
                    self.carried_out.push(*ruling);
                }
                reply
            }
            Sent::Undo(undo) => {
                let reply = self.undo(*undo);
                if reply.is_new() {
                    self.undone.push(*undo);
                }
                reply
            }
            Sent::Retract(comment) => self.retract(*comment),
            Sent::Appeal(comment, version) => self.appeal(*comment, *version),
            Sent::Report(comment, reader) => {
                let reply = self.report(*comment, *reader);
                if reply.is_new() {
                    self.reported.push((*comment, *reader));
                }
                reply
            }
            Sent::Revise(revision) => {
                let reply = self.revise(*revision);
                if reply.is_new() {
                    self.revised.push(*revision);
                }
                reply
            }
            Sent::Stand(stand) => {
                let reply = self.stand(*stand);
                self.stood.push(*stand);
                reply
            }
            Sent::Bulk(operation) => self.bulk(*operation),
            Sent::UndoBulk(operation, moderator) => self.undo_bulk(*operation, *moderator),
            Sent::Visit(visit) => self.visit(visit),
        }
    }
}
