# Message files in, the structure that MIME::Tools finds in each out: a line a message.
use strict;
use warnings;
use MIME::Parser;

sub structure {
    my ($entity) = @_;
    my @parts = map { structure($_) } $entity->parts;
    return $entity->mime_type . ($entity->is_multipart ? '(' . join(', ', @parts) . ')' : '');
}

for my $file (@ARGV) {
    my $parser = MIME::Parser->new;
    $parser->output_to_core(1);
    my $entity = $parser->parse_open($file);
    my @faults = ($parser->results->errors, $parser->results->warnings);
    die "$file: @faults\n" if @faults;
    print structure($entity), "\n";
}
